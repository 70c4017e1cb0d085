with orders as (
    select * from {{ ref('stg_files__marketplace_orders') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

users as (
    select
        company_id,
        marketplace_user_id,
        customer_id
    from {{ ref('int_marketplace_users_matched') }}
),

ranked as (
    select
        orders.*,
        files.file_name,
        files.exported_at,
        -- What the marketplace says changed last, wins over the later file.
        row_number() over (
            partition by orders.company_id, orders.order_id
            order by
                orders.updated_at desc nulls last,
                files.exported_at desc,
                files.file_name desc,
                orders.line_number desc
        ) as recency_rank
    from orders
    inner join files
        on
            orders.company_id = files.company_id
            and orders.file_sha256 = files.file_sha256
),

deduplicated as (
    select
        ranked.company_id,
        ranked.order_id,
        ranked.file_sha256,
        ranked.file_name,
        ranked.line_number,
        coalesce(users.customer_id, 'marketplace/' || ranked.user_id)
            as customer_id,
        ranked.order_status,
        ranked.product_id,
        ranked.region_name,
        ranked.comuna_name,
        ranked.payment_method,
        ranked.channel_name,
        ranked.campaign_name,
        ranked.currency_code,
        ranked.total,
        ranked.discount_amount,
        ranked.refunded_amount,
        ranked.tax_amount,
        ranked.shipping_amount,
        ranked.created_at,
        ranked.paid_at,
        ranked.completed_at,
        ranked.cancelled_at,
        ranked.refunded_at,
        ranked.exported_at,
        ranked.loaded_at
    from ranked
    left join users
        on
            ranked.company_id = users.company_id
            and ranked.user_id = users.marketplace_user_id
    where ranked.recency_rank = 1
)

select * from deduplicated
