-- depends_on: {{ ref('companies') }}
with orders as (
    select
        *,
        exclusion_reason is null as is_purchase
    from {{ ref('int_orders_classified') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

-- Asked for the same orders, each by itself: a condition on the orders does not
-- reach into what is grouped and joined to them.
paid as (
    select
        company_id,
        'shopify/' || order_id as order_id,
        paid_at,
        payment_method
    from {{ ref('int_shopify_orders_paid') }}
    where {{ is_in_scope() }} and {{ is_changed("'shopify/' || order_id") }}
),

visits as (
    select
        company_id,
        'shopify/' || order_id as order_id,
        channel_id,
        campaign_name
    from {{ ref('int_shopify_orders_attributed') }}
    where {{ is_in_scope() }} and {{ is_changed("'shopify/' || order_id") }}
),

joined as (
    select
        orders.company_id,
        orders.order_id,
        orders.source_slug,
        orders.source_contract,
        orders.source_order_id,
        orders.customer_id,
        orders.ordered_at,
        orders.order_date,
        orders.currency_code,
        orders.gross_revenue,
        orders.discount_amount,
        orders.refund_amount,
        orders.excluded_amount,
        orders.net_revenue,
        orders.tax_amount,
        orders.shipping_amount,
        orders.is_tax_told,
        orders.payment_fee,
        orders.original_currency_code,
        orders.original_gross_revenue,
        orders.original_net_revenue,
        orders.currency_rate,
        orders.status,
        orders.is_recognised,
        orders.is_purchase,
        orders.exclusion_reason,
        coalesce(orders.paid_at, paid.paid_at) as paid_at,
        orders.completed_at,
        orders.cancelled_at,
        coalesce(orders.payment_method, paid.payment_method)
            as payment_method,
        coalesce(visits.channel_id, orders.channel_id) as channel_id,
        coalesce(visits.campaign_name, orders.campaign_name) as campaign_name,
        orders.region_code,
        orders.comuna_code,
        orders.file_name,
        orders.line_number,
        orders.loaded_at
    from orders
    left join paid
        on
            orders.company_id = paid.company_id
            and orders.order_id = paid.order_id
            and orders.source_contract = 'api'
    left join visits
        on
            orders.company_id = visits.company_id
            and orders.order_id = visits.order_id
            and orders.source_contract = 'api'
)

select * from joined
