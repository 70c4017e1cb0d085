with reference_rates as (
    select * from {{ ref('stg_ecb_rates__rates') }}
    where rate > 0
),

file_rates as (
    select
        company_id,
        quoted_date,
        in_currency_code as currency_code,
        rate as units_per_euro
    from {{ ref('int_file_rates_told') }}
    where currency_code = 'EUR' and in_currency_code <> 'EUR'
),

published as (
    select
        reference_rates.company_id,
        reference_rates.rate_date as quoted_date,
        reference_rates.currency as currency_code,
        reference_rates.rate::numeric(36, 20) as units_per_euro
    from reference_rates
    left join file_rates
        on
            reference_rates.company_id = file_rates.company_id
            and reference_rates.currency = file_rates.currency_code
            and reference_rates.rate_date = file_rates.quoted_date
    where file_rates.company_id is null
),

euro_rates as (
    select
        *,
        'ecb'::text as source_slug
    from published
    union all
    -- Not read of `file_rates`: what is read twice is made of every company.
    select
        company_id,
        quoted_date,
        in_currency_code as currency_code,
        rate as units_per_euro,
        'files' as source_slug
    from {{ ref('int_file_rates_told') }}
    where currency_code = 'EUR' and in_currency_code <> 'EUR'
)

select * from euro_rates
