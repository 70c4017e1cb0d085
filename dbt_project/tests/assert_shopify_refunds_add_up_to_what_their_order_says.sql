-- Shopify says twice what was paid back: refund by refund, and as a total of
-- the order. A row here is an order whose refunds were read in part, or whose
-- money we took to have moved and Shopify does not.
{{ config(severity='warn') }}

with orders as (
    select
        company_id,
        order_id,
        coalesce(total_refunded, 0) as total_refunded
    from {{ ref('stg_shopify__orders') }}
    where {{ is_in_scope() }}
),

refunded as (
    select
        company_id,
        order_id,
        sum(total_refunded) as refund_amount
    from {{ ref('stg_shopify__order_refunds') }}
    where {{ is_in_scope() }} and has_transactions
    group by company_id, order_id
),

compared as (
    select
        orders.company_id,
        orders.order_id,
        orders.total_refunded,
        coalesce(refunded.refund_amount, 0) as refund_amount
    from orders
    left join refunded
        on
            orders.company_id = refunded.company_id
            and orders.order_id = refunded.order_id
)

select * from compared
where abs(total_refunded - refund_amount) >= 0.005
