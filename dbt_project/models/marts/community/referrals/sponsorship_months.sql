with told as (
    select
        company_id,
        sponsorship_id,
        sponsor_name,
        amount,
        sponsorship_cost,
        currency_code,
        starts_on,
        ends_on - starts_on + 1 as day_count,
        as_of_date
    from {{ ref('sponsorships') }}
    where {{ is_in_scope() }}
),

-- Each day gets what the running total grows by: the days add up to the whole.
days as (
    select
        told.company_id,
        told.sponsor_name,
        told.currency_code,
        told.starts_on + numbers.day_number - 1 as sponsored_date,
        round(told.amount * numbers.day_number / told.day_count, 6)
        - round(told.amount * (numbers.day_number - 1) / told.day_count, 6)
            as income,
        round(told.sponsorship_cost * numbers.day_number / told.day_count, 6)
        - round(
            told.sponsorship_cost * (numbers.day_number - 1) / told.day_count, 6
        )
            as sponsorship_cost
    from told
    cross join
        lateral generate_series(1, told.day_count)
            as numbers (day_number)
    where told.starts_on + numbers.day_number - 1 <= told.as_of_date
),

summed as (
    select
        company_id,
        date_trunc('month', sponsored_date)::date as month_start_date,
        currency_code,
        count(distinct sponsor_name)::integer as sponsor_count,
        sum(income)::numeric(24, 6) as sponsorship_income,
        sum(sponsorship_cost)::numeric(24, 6) as sponsorship_cost
    from days
    group by
        company_id,
        date_trunc('month', sponsored_date)::date,
        currency_code
)

select * from summed
