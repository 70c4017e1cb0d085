with customers as (
    select
        company_id,
        customer_id,
        email_hash,
        updated_at
    from {{ ref('stg_shopify__customers') }}
    where email_hash is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, email_hash
            order by updated_at desc, customer_id desc
        ) as recency_rank
    from customers
),

matched as (
    select
        company_id,
        email_hash,
        customer_id
    from ranked
    where recency_rank = 1
)

select * from matched
