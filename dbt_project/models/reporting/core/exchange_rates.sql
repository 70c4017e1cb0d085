with rates as (
    select * from {{ ref('currency_rates') }}
),

exchange_rates as (
    select
        company_id,
        rate_date,
        currency_code,
        rate as exchange_rate,
        (1 / nullif(rate, 0))::numeric(24, 12) as inverse_exchange_rate,
        quoted_date as published_date,
        source_slug
    from rates
)

select * from exchange_rates
