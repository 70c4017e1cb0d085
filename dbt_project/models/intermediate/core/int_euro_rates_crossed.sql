with companies as (
    select
        company_id,
        currency_code
    from {{ ref('stg_ops__companies') }}
),

-- What a euro was worth in the company's own currency.
own as (
    select
        euro_rates.company_id,
        euro_rates.quoted_date,
        euro_rates.units_per_euro,
        euro_rates.source_slug
    from {{ ref('int_euro_rates_unioned') }} as euro_rates
    inner join companies
        on
            euro_rates.company_id = companies.company_id
            and euro_rates.currency_code = companies.currency_code
),

crossed as (
    select
        euro_rates.company_id,
        euro_rates.currency_code,
        euro_rates.quoted_date,
        (coalesce(own.units_per_euro, 1) / euro_rates.units_per_euro)
        ::numeric(36, 20) as rate,
        case
            when own.source_slug <> euro_rates.source_slug
                then 'files and ecb'
            else euro_rates.source_slug
        end as source_slug
    from {{ ref('int_euro_rates_unioned') }} as euro_rates
    inner join companies
        on
            euro_rates.company_id = companies.company_id
            and euro_rates.currency_code <> companies.currency_code
    left join own
        on
            euro_rates.company_id = own.company_id
            and euro_rates.quoted_date = own.quoted_date
    where companies.currency_code = 'EUR' or own.company_id is not null
),

-- Not read of `own`: what is read twice is made of every company.
euros as (
    select
        euro_rates.company_id,
        'EUR' as currency_code,
        euro_rates.quoted_date,
        euro_rates.units_per_euro as rate,
        euro_rates.source_slug
    from {{ ref('int_euro_rates_unioned') }} as euro_rates
    inner join companies
        on
            euro_rates.company_id = companies.company_id
            and euro_rates.currency_code = companies.currency_code
),

euro_rates_crossed as (
    select * from crossed
    union all
    select * from euros
)

select * from euro_rates_crossed
