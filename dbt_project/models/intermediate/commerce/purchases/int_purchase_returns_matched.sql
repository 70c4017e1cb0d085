with orders as (
    select * from {{ ref('int_purchase_log_orders') }}
),

equal as (
    select * from {{ ref('int_purchase_returns_equal') }}
),

settled as (
    select
        company_id,
        unnest(array[order_id, matched_order_id]) as order_id
    from equal
),

unsettled as (
    select orders.*
    from orders
    left join settled
        on
            orders.company_id = settled.company_id
            and orders.order_id = settled.order_id
    where settled.order_id is null
),

{{ latest_first('unsettled', ['company_id', 'customer_id', 'currency_code']) }},

-- Few. Made once each, as what follows may be asked for each order.
returns as materialized (
    select * from orders
    where is_return
),

unioned as (
    select * from equal
    union all
    select * from latest_first
),

parts as materialized (
    select
        company_id,
        order_id,
        sum(amount) as amount
    from unioned
    group by company_id, order_id
),

-- What is left of a return stays its own, and is seen.
shared_out as materialized (
    select * from unioned
    union all
    select
        returns.company_id,
        returns.order_id,
        returns.order_id as matched_order_id,
        returns.amount - coalesce(parts.amount, 0) as amount
    from returns
    left join parts
        on
            returns.company_id = parts.company_id
            and returns.order_id = parts.order_id
    where returns.amount > coalesce(parts.amount, 0)
),

matched as (
    select
        shared_out.company_id,
        shared_out.order_id,
        shared_out.matched_order_id,
        notes.file_sha256,
        purchases.file_sha256 as matched_file_sha256,
        purchases.file_name as matched_file_name,
        case
            when notes.file_sha256 <> purchases.file_sha256
                then notes.file_name || ' '
            else ''
        end || 'line ' || notes.line_number as refund_id,
        notes.purchased_at as refunded_at,
        notes.is_date_only,
        shared_out.amount,
        (notes.tax_amount * shared_out.amount / notes.amount)
        ::numeric(24, 6) as tax_amount,
        (notes.shipping_amount * shared_out.amount / notes.amount)
        ::numeric(24, 6) as shipping_amount
    from shared_out
    inner join returns as notes
        on
            shared_out.company_id = notes.company_id
            and shared_out.order_id = notes.order_id
    inner join orders as purchases
        on
            shared_out.company_id = purchases.company_id
            and shared_out.matched_order_id = purchases.order_id
)

select * from matched
