with customers as (
    select * from {{ ref('stg_shopify__customers') }}
    where {{ is_in_scope() }}
),

people as (
    select
        company_id,
        customer_id,
        person_customer_id
    from {{ ref('int_shopify_customers_identified') }}
    where {{ is_in_scope() }}
),

shopify_customers as (
    select
        customers.company_id,
        'shopify/'
        || coalesce(people.person_customer_id, customers.customer_id)
            as customer_id,
        upper(customers.email_marketing_state) = 'SUBSCRIBED'
            as has_marketing_consent
    from customers
    left join people
        on
            customers.company_id = people.company_id
            and customers.customer_id = people.customer_id
),

marketplace_users as (
    select
        company_id,
        customer_id,
        has_marketing_consent
    from {{ ref('int_marketplace_users_matched') }}
    where {{ is_in_scope() }}
),

answers as (
    select * from shopify_customers
    union all
    select * from marketplace_users
),

-- One refusal is enough: a yes elsewhere does not outweigh it.
consents as (
    select
        company_id,
        customer_id,
        bool_and(has_marketing_consent) as has_marketing_consent
    from answers
    where has_marketing_consent is not null
    group by company_id, customer_id
)

select * from consents
