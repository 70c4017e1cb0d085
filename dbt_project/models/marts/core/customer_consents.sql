with shopify_customers as (
    select
        company_id,
        'shopify/' || customer_id as customer_id,
        upper(email_marketing_state) = 'SUBSCRIBED' as has_marketing_consent
    from {{ ref('stg_shopify__customers') }}
    where {{ is_in_scope() }}
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
