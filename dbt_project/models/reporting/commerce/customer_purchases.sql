with lines as (
    select * from {{ ref('order_lines') }}
),

orders as (
    select
        company_id,
        order_id,
        customer_id,
        order_date
    from {{ ref('orders') }}
    where is_purchase
),

bought as (
    select
        lines.company_id,
        orders.customer_id,
        lines.order_id,
        lines.line_id,
        orders.order_date,
        coalesce(lines.product_name, lines.product_id) as product_name,
        lines.quantity,
        lines.net_amount,
        lines.currency_code
    from lines
    inner join orders
        on
            lines.company_id = orders.company_id
            and lines.order_id = orders.order_id
)

select * from bought
