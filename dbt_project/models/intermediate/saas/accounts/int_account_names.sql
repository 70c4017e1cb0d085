with accounts as (
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

-- A domain of two accounts says of neither who it is.
names as (
    select
        company_id,
        'account_id' as name_kind,
        named_id as called, -- noqa: RF04
        min(account_id) as account_id
    from accounts
    group by company_id, named_id
    union all
    select
        company_id,
        'email_domain' as name_kind,
        email_domain as called, -- noqa: RF04
        min(account_id) as account_id
    from accounts
    where email_domain is not null
    group by company_id, email_domain
    having count(distinct account_id) = 1
)

select * from names
