with orders as (
    select * from {{ ref('int_orders_unioned') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, order_id
            order by
                (source_slug = 'files') asc,
                exported_at desc,
                file_name desc
        ) as recency_rank
    from orders
),

deduplicated as (
    select
        company_id,
        order_id,
        source_slug,
        source_order_id,
        file_name,
        line_number,
        customer_id,
        currency_code,
        gross_revenue,
        discount_amount,
        refund_amount,
        is_date_only,
        is_recognised,
        is_cancelled,
        is_refunded,
        is_test,
        is_deleted,
        ordered_at,
        loaded_at
    from ranked
    where recency_rank = 1
)

select * from deduplicated
