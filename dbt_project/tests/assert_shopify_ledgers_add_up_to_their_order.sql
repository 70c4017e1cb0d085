-- The entries of an order's ledger add up to what Shopify says the order comes
-- to now. A row here is an order whose ledger was read in part, or means
-- something else than we think: no revenue is published from it.
with orders as (
    select
        company_id,
        order_id,
        current_total_price
    from {{ ref('stg_shopify__orders') }}
    where {{ is_in_scope() }} and current_total_price is not null
),

ledgers as (
    select
        company_id,
        order_id,
        sum(total) as ledger_total
    from {{ ref('stg_shopify__order_sales') }}
    where {{ is_in_scope() }}
    group by company_id, order_id
),

compared as (
    select
        orders.company_id,
        orders.order_id,
        orders.current_total_price,
        ledgers.ledger_total
    from orders
    inner join ledgers
        on
            orders.company_id = ledgers.company_id
            and orders.order_id = ledgers.order_id
)

select * from compared
where abs(current_total_price - ledger_total) >= 0.005
