with companies as (
    select
        *,
        count(*) over (
            partition by company_id, email_domain
        ) as domain_company_count
    from {{ ref('stg_hubspot__companies') }}
),

accounts as (
    select
        company_id,
        account_id,
        account_id as named_id,
        email_domain
    from {{ ref('int_accounts_filed') }}
    union all
    select
        company_id,
        account_id,
        customer_id as named_id,
        email_domain
    from {{ ref('int_stripe_customers_matched') }}
    union all
    select
        company_id,
        account_id,
        account_id as named_id,
        email_domain
    from {{ ref('int_stripe_customers_matched') }}
    union all
    select
        company_id,
        account_id,
        account_id as named_id,
        null as email_domain
    from {{ ref('int_subscription_rows_current') }}
),

ids as (
    select
        company_id,
        named_id,
        min(account_id) as account_id
    from accounts
    group by company_id, named_id
),

-- A domain of two accounts says of neither who it is.
domains as (
    select
        company_id,
        email_domain,
        min(account_id) as account_id
    from accounts
    where email_domain is not null
    group by company_id, email_domain
    having count(distinct account_id) = 1
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
    left join ids
        on
            companies.company_id = ids.company_id
            and companies.own_account_id = ids.named_id
    left join domains
        on
            companies.company_id = domains.company_id
            and companies.email_domain = domains.email_domain
            and companies.domain_company_count = 1
            and companies.own_account_id is null
)

select * from matched
