with currency_rates as (
    select
        company_id,
        rate_date,
        currency_code,
        rate,
        quoted_date,
        source_slug
    from {{ ref('int_currency_rates_filled') }}
    where {{ is_in_scope() }}
)

select * from currency_rates
