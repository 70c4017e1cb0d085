-- What a marketplace's file says of an order is what stands in the warehouse:
-- its total, or without one the sum of its items; and no order is lost. A row
-- here is an order that came to another amount, or to nothing.
with orders as (
    select
        company_id,
        order_id,
        gross_revenue - discount_amount as charged_amount
    from {{ ref('int_orders_unioned') }}
    where {{ is_in_scope() }} and source_contract = 'marketplace'
),

told as (
    select
        company_id,
        'marketplace/' || order_id as order_id,
        total,
        shipping_amount,
        discount_amount
    from {{ ref('int_marketplace_orders_deduplicated') }}
    where {{ is_in_scope() }}
),

sold as (
    select
        company_id,
        'marketplace/' || order_id as order_id,
        sum(quantity * price) as amount,
        sum(shipping_amount) as shipping_amount,
        sum(discount_amount) as discount_amount
    from {{ ref('int_marketplace_order_items_current') }}
    where {{ is_in_scope() }}
    group by company_id, order_id
),

compared as (
    select
        told.company_id,
        told.order_id,
        coalesce(
            told.total,
            sold.amount
            + coalesce(told.shipping_amount, sold.shipping_amount)
            - coalesce(told.discount_amount, sold.discount_amount)
        ) as told_amount,
        orders.charged_amount
    from told
    left join sold
        on
            told.company_id = sold.company_id
            and told.order_id = sold.order_id
    left join orders
        on
            told.company_id = orders.company_id
            and told.order_id = orders.order_id
)

select * from compared
where
    charged_amount is null
    or abs(told_amount - charged_amount) >= 0.005
