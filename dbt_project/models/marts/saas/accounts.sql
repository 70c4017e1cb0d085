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
        count(*) over (
            partition by told.company_id, told.account_name
        ) as name_count,
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

-- Pages are opened by the name: who shares one has its id behind it.
select
    company_id,
    account_id,
    case
        when name_count > 1 then account_name || ' (' || account_id || ')'
        else account_name
    end as account_name,
    segment,
    industry,
    employee_count,
    country_code,
    cs_manager,
    signed_up_date
from accounts
