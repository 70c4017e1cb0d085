with companies as (
    select
        *,
        count(*) over (
            partition by company_id, email_domain
        ) as domain_company_count
    from {{ ref('stg_hubspot__companies') }}
),

matched as (
    select
        companies.company_id,
        companies.hubspot_company_id,
        companies.account_name,
        companies.industry,
        companies.employee_count,
        owners.owner_name,
        coalesce(ids.account_id, domains.account_id) as account_id,
        case
            when ids.account_id is not null then 'account_id'
            when domains.account_id is not null then 'email_domain'
        end as matched_by
    from companies
    left join {{ ref('stg_hubspot__owners') }} as owners
        on
            companies.company_id = owners.company_id
            and companies.owner_id = owners.owner_id
    left join {{ ref('int_account_names') }} as ids
        on
            companies.company_id = ids.company_id
            and ids.name_kind = 'account_id'
            and companies.own_account_id = ids.called
    left join {{ ref('int_account_names') }} as domains
        on
            companies.company_id = domains.company_id
            and domains.name_kind = 'email_domain'
            and companies.email_domain = domains.called
            and companies.domain_company_count = 1
            and companies.own_account_id is null
)

select * from matched
