with customers as (
    select * from {{ ref('stg_stripe__customers') }}
),

filed as (
    select * from {{ ref('int_accounts_filed') }}
),

-- A domain of two accounts, or of two customers, says of neither who it is.
account_domains as (
    select
        company_id,
        email_domain,
        min(account_id) as account_id
    from filed
    where email_domain is not null
    group by company_id, email_domain
    having count(*) = 1
),

customer_domains as (
    select
        company_id,
        email_domain,
        min(customer_id) as customer_id
    from customers
    where email_domain is not null
    group by company_id, email_domain
    having count(*) = 1
),

matched as (
    select
        customers.company_id,
        customers.customer_id,
        customers.account_name,
        customers.email_domain,
        customers.country_code,
        customers.created_at,
        coalesce(
            customers.own_account_id,
            filed.account_id,
            account_domains.account_id,
            customers.customer_id
        ) as account_id,
        case
            when
                coalesce(customers.own_account_id, filed.account_id) is not null
                then 'account_id'
            when account_domains.account_id is not null then 'email_domain'
        end as matched_by
    from customers
    left join filed
        on
            customers.company_id = filed.company_id
            and customers.customer_id = filed.account_id
    left join customer_domains
        on
            customers.company_id = customer_domains.company_id
            and customers.customer_id = customer_domains.customer_id
    left join account_domains
        on
            customer_domains.company_id = account_domains.company_id
            and customer_domains.email_domain = account_domains.email_domain
)

select * from matched
