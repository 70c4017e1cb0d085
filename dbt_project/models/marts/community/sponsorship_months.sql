with
{{ newest_rows(
    'sponsorships', ref('stg_files__sponsorships'), ['sponsorship_id']
) }},

companies as (
    select
        company_id,
        currency_code,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

told as (
    select
        sponsorships.company_id,
        sponsorships.sponsorship_id,
        sponsorships.sponsor_name,
        sponsorships.amount,
        sponsorships.sponsorship_cost,
        coalesce(sponsorships.currency_code, companies.currency_code)
            as currency_code,
        sponsorships.starts_on,
        sponsorships.ends_on - sponsorships.starts_on + 1 as day_count,
        companies.as_of_date
    from sponsorships
    inner join companies
        on sponsorships.company_id = companies.company_id
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
