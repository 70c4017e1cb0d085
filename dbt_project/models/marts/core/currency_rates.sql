with rates as (
    select
        company_id,
        currency_code,
        rate_date,
        rate,
        quoted_date
    from {{ ref('int_currency_rates_filled') }}
    where {{ is_in_scope() }}
)

select * from rates
