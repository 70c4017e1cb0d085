with rates as (
    select * from {{ ref('int_currency_rates_filled') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('stg_ops__companies') }}
),

first_rates as (
    select
        company_id,
        currency_code,
        min(rate_date) as first_date
    from rates
    group by company_id, currency_code
),

-- A rate of a month's last day values that day, and is the rate of what changes
-- from the next day on; the first rate of all is that of its own day.
points as (
    select
        rates.company_id,
        rates.currency_code,
        rates.rate,
        case
            when rates.rate_date = first_rates.first_date then rates.rate_date
            else rates.rate_date + 1
        end as from_date
    from rates
    inner join first_rates
        on
            rates.company_id = first_rates.company_id
            and rates.currency_code = first_rates.currency_code
    where
        rates.rate_date = first_rates.first_date
        or extract(day from rates.rate_date + 1) = 1
),

followed as (
    select
        company_id,
        currency_code,
        from_date,
        rate,
        lead(from_date) over (
            partition by company_id, currency_code order by from_date
        ) as to_date,
        lead(rate) over (
            partition by company_id, currency_code order by from_date
        ) as next_rate
    from points
),

own as (
    select
        company_id,
        currency_code,
        '-infinity'::date as from_date,
        1::numeric(24, 12) as rate,
        null::date as to_date,
        null::numeric(24, 12) as next_rate
    from companies
),

month_end_rates as (
    select * from followed
    union all
    select * from own
)

select * from month_end_rates
