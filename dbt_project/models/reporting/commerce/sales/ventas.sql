with orders as (
    select * from {{ ref('orders') }}
    where is_recognised and currency_rate is not null
),

channels as (
    select * from {{ ref('channels') }}
),

ventas as (
    select
        orders.company_id,
        {{ row_uuid('orders.company_id', 'orders.order_id') }} as id,
        {{ row_uuid('orders.company_id', 'orders.customer_id') }} as cliente_id,
        orders.order_id,
        orders.ordered_at as fecha_venta,
        orders.net_revenue as monto_total,
        orders.currency_code as moneda,
        coalesce(channels.label_es, orders.channel_id) as canal_origen
    from orders
    left join channels
        on orders.channel_id = channels.channel_id
)

select * from ventas
