with unioned as (
    select
        company_id,
        'Zendesk'::text as system_name,
        organization_id,
        own_account_id,
        email_domain
    from {{ ref('stg_zendesk__organizations') }}
    union all
    select
        company_id,
        'Intercom'::text as system_name,
        intercom_company_id as organization_id,
        own_account_id,
        null::text as email_domain
    from {{ ref('stg_intercom__companies') }}
),

matched as (
    select
        unioned.company_id,
        unioned.system_name,
        unioned.organization_id,
        coalesce(ids.account_id, domains.account_id) as account_id,
        case
            when ids.account_id is not null then 'account_id'
            when domains.account_id is not null then 'email_domain'
        end as matched_by
    from unioned
    {{ desk_accounts('unioned') }}
)

select * from matched
