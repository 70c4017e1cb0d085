-- A recognised order's entries add up to its net revenue. A row here is an
-- order whose money was lost or doubled on the way into the ledger, or one that
-- has entries and no revenue.
with orders as (
    select
        company_id,
        order_id,
        net_revenue
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }} and is_recognised and currency_rate is not null
),

entries as (
    select
        company_id,
        order_id,
        sum(amount) as amount
    from {{ ref('revenue_entries') }}
    where {{ is_in_scope() }}
    group by company_id, order_id
),

compared as (
    select
        coalesce(orders.company_id, entries.company_id) as company_id,
        coalesce(orders.order_id, entries.order_id) as order_id,
        orders.net_revenue,
        entries.amount
    from orders
    full outer join entries
        on
            orders.company_id = entries.company_id
            and orders.order_id = entries.order_id
)

select * from compared
where net_revenue is distinct from amount
