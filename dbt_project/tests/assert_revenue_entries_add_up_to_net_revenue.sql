-- A recognised order's entries add up to the order, each kind to its own
-- column, and so to its net revenue. A row here is an order whose money was
-- lost or doubled on the way into the ledger, or changed its kind, or one that
-- has entries and no revenue.
with orders as (
    select
        company_id,
        order_id,
        gross_revenue,
        discount_amount,
        refund_amount,
        excluded_amount,
        net_revenue
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }} and is_recognised and currency_rate is not null
),

entries as (
    select
        company_id,
        order_id,
        coalesce(sum(amount) filter (where entry_type = 'sale'), 0) as sold,
        coalesce(sum(-amount) filter (where entry_type = 'discount'), 0)
            as discounted,
        coalesce(sum(-amount) filter (where entry_type = 'refund'), 0)
            as refunded,
        coalesce(sum(-amount) filter (
            where entry_type in ('tax_excluded', 'shipping_excluded')
        ), 0) as excluded,
        sum(amount) as amount
    from {{ ref('revenue_entries') }}
    where {{ is_in_scope() }} and is_revenue
    group by company_id, order_id
),

compared as (
    select
        coalesce(orders.company_id, entries.company_id) as company_id,
        coalesce(orders.order_id, entries.order_id) as order_id,
        orders.gross_revenue,
        orders.discount_amount,
        orders.refund_amount,
        orders.excluded_amount,
        orders.net_revenue,
        entries.sold,
        entries.discounted,
        entries.refunded,
        entries.excluded,
        entries.amount
    from orders
    full outer join entries
        on
            orders.company_id = entries.company_id
            and orders.order_id = entries.order_id
)

select * from compared
where
    gross_revenue is distinct from sold
    or discount_amount is distinct from discounted
    or refund_amount is distinct from refunded
    or excluded_amount is distinct from excluded
    or net_revenue is distinct from amount
