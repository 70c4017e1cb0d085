with lines as (
    select * from {{ ref('int_marketplace_cart_lines_summed') }}
    where {{ is_in_scope() }} and {{ is_changed("'marketplace/' || cart_id") }}
),

shopify_orders as (
    select
        company_id,
        order_id
    from {{ ref('int_shopify_orders_netted') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('order_id') }}
        and not is_test
        and not is_deleted
),

shopify_items as (
    select
        company_id,
        'shopify/' || order_id as order_id,
        'shopify/' || product_id as product_id,
        quantity
    from {{ ref('stg_shopify__order_line_items') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed("'shopify/' || order_id") }}
        and product_id is not null
),

shopify_lines as (
    select
        shopify_items.company_id,
        shopify_items.order_id as cart_id,
        shopify_items.product_id,
        sum(shopify_items.quantity) as quantity
    from shopify_items
    inner join shopify_orders
        on
            shopify_items.company_id = shopify_orders.company_id
            and shopify_items.order_id = shopify_orders.order_id
    group by
        shopify_items.company_id,
        shopify_items.order_id,
        shopify_items.product_id
),

cart_lines as (
    select
        company_id,
        'marketplace/' || cart_id as cart_id,
        'marketplace/' || product_id as product_id,
        quantity
    from lines
    union all
    select
        company_id,
        cart_id,
        product_id,
        quantity::numeric(24, 6) as quantity
    from shopify_lines
)

select * from cart_lines
