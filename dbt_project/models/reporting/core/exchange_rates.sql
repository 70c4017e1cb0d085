with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

rates as (
    select * from {{ ref('currency_rates') }}
),

-- Rates are told in euros, of which there is no rate: one is one.
own as (
    select
        rates.company_id,
        rates.rate_date,
        rates.units_per_euro,
        rates.euros_per_unit,
        rates.published_date,
        rates.source_slug
    from rates
    inner join companies
        on
            rates.company_id = companies.company_id
            and rates.currency_code = companies.currency_code
),

in_euros as (
    select
        rates.company_id,
        rates.rate_date,
        rates.currency_code,
        rates.euros_per_unit as exchange_rate,
        rates.units_per_euro as inverse_exchange_rate,
        rates.published_date,
        rates.source_slug
    from rates
    inner join companies
        on
            rates.company_id = companies.company_id
            and companies.currency_code = 'EUR'
),

in_another as (
    select
        rates.company_id,
        rates.rate_date,
        rates.currency_code,
        rates.euros_per_unit * own.units_per_euro as exchange_rate,
        rates.units_per_euro * own.euros_per_unit as inverse_exchange_rate,
        least(rates.published_date, own.published_date) as published_date,
        rates.source_slug
    from rates
    inner join own
        on
            rates.company_id = own.company_id
            and rates.rate_date = own.rate_date
    inner join companies
        on
            rates.company_id = companies.company_id
            and rates.currency_code <> companies.currency_code
),

euros as (
    select
        company_id,
        rate_date,
        'EUR' as currency_code,
        units_per_euro as exchange_rate,
        euros_per_unit as inverse_exchange_rate,
        published_date,
        source_slug
    from own
),

unioned as (
    select * from in_euros
    union all
    select * from in_another
    union all
    select * from euros
),

exchange_rates as (
    select
        company_id,
        rate_date,
        currency_code,
        exchange_rate::numeric(24, 12) as exchange_rate,
        inverse_exchange_rate::numeric(24, 12) as inverse_exchange_rate,
        published_date,
        source_slug
    from unioned
)

select * from exchange_rates
