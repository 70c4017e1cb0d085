with filed as (
    select * from {{ ref('int_accounts_filed') }}
),

-- Several customers may be one account: the first of them tells of it.
stripe as (
    select distinct on (company_id, account_id)
        company_id,
        account_id,
        account_name,
        country_code,
        created_at
    from {{ ref('int_stripe_customers_matched') }}
    order by company_id, account_id, created_at, customer_id
),

hubspot as (
    select distinct on (company_id, account_id)
        company_id,
        account_id,
        account_name,
        industry,
        employee_count,
        owner_name
    from {{ ref('int_hubspot_companies_matched') }}
    where account_id is not null
    order by company_id, account_id, matched_by, hubspot_company_id
),

told as (
    select
        company_id,
        account_id
    from filed
    union all
    select
        company_id,
        account_id
    from stripe
    union all
    select
        company_id,
        account_id
    from hubspot
),

accounts as (
    select distinct
        company_id,
        account_id
    from told
),

joined as (
    select
        accounts.company_id,
        accounts.account_id,
        coalesce(hubspot.account_name, filed.account_name, stripe.account_name)
            as account_name,
        filed.segment,
        hubspot.industry,
        hubspot.employee_count,
        coalesce(filed.country_code, stripe.country_code) as country_code,
        coalesce(hubspot.owner_name, filed.cs_manager) as cs_manager,
        coalesce(filed.signed_up_at, stripe.created_at) as signed_up_at
    from accounts
    left join filed
        on
            accounts.company_id = filed.company_id
            and accounts.account_id = filed.account_id
    left join stripe
        on
            accounts.company_id = stripe.company_id
            and accounts.account_id = stripe.account_id
    left join hubspot
        on
            accounts.company_id = hubspot.company_id
            and accounts.account_id = hubspot.account_id
)

select * from joined
