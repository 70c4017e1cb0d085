with customers as (
    select * from {{ ref('int_shopify_customers_identified') }}
    where {{ is_in_scope() }}
),

merged as (
    select
        company_id,
        'shopify/' || customer_id as customer_id,
        'shopify/' || person_customer_id as person_customer_id,
        'confirmed_address'::text as reason,
        created_at as since
    from customers
    where customer_id <> person_customer_id
)

select * from merged
