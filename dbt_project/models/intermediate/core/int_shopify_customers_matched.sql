with customers as (
    select * from {{ ref('int_shopify_customers_identified') }}
),

matched as (
    select
        company_id,
        email_hash,
        customer_id
    from customers
    where is_named_by_address
)

select * from matched
