with
{{ newest_rows(
    'told', ref('stg_files__sponsorships'), ['sponsorship_id']
) }},

companies as (
    select
        company_id,
        currency_code as company_currency_code,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

dated as (
    select
        told.company_id,
        told.sponsorship_id,
        told.sponsor_name,
        told.amount,
        told.sponsorship_cost,
        coalesce(told.currency_code, companies.company_currency_code)
            as currency_code,
        companies.company_currency_code,
        told.starts_on,
        told.ends_on,
        companies.as_of_date,
        told.ends_on - companies.as_of_date as days_left,
        max(told.ends_on) over (
            partition by told.company_id, told.sponsor_name
        ) > told.ends_on as is_followed_by_another
    from told
    inner join companies
        on told.company_id = companies.company_id
)

select * from dated
