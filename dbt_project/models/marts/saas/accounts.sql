with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

told as (
    select * from {{ ref('int_accounts_told') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

accounts as (
    select
        told.company_id,
        told.account_id,
        told.account_name,
        told.segment,
        told.industry,
        told.employee_count,
        told.country_code,
        told.cs_manager,
        (told.signed_up_at at time zone companies.time_zone)::date
            as signed_up_date
    from told
    inner join companies
        on told.company_id = companies.company_id
    left join merged
        on
            told.company_id = merged.company_id
            and told.account_id = merged.merged_account_id
    where merged.account_id is null
)

select * from accounts
