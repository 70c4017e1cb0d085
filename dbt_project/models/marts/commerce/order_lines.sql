with orders as (
    select
        company_id,
        order_id,
        source_contract,
        file_name,
        currency_code,
        coalesce(currency_rate, 1) as currency_rate
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('order_id') }}
        and exclusion_reason is distinct from 'impossible_amount'
),

lines as (
    select * from {{ ref('int_order_lines_unioned') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

-- Only the source that tells the order tells its lines.
converted as (
    select
        lines.company_id,
        lines.order_id,
        lines.line_id,
        lines.product_id,
        lines.product_name,
        lines.quantity,
        round(lines.unit_price * orders.currency_rate, 2)
        ::numeric(18, 2) as unit_price,
        round(lines.discount_amount * orders.currency_rate, 2)
        ::numeric(18, 2) as discount_amount,
        round(lines.net_amount * orders.currency_rate, 2)
        ::numeric(18, 2) as net_amount,
        orders.currency_code,
        lines.loaded_at
    from lines
    inner join orders
        on
            lines.company_id = orders.company_id
            and lines.order_id = orders.order_id
            and lines.source_contract = orders.source_contract
    where
        lines.file_name is null
        or lines.file_name = orders.file_name
)

select * from converted
