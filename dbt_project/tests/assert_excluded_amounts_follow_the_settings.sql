-- What an order's net revenue leaves out is what its company's settings leave
-- out: taxes, shipping, both or neither, less the part that was paid back. A
-- row here is an order with taxes or shipping in its revenue that do not belong
-- there, or the other way round. Of an order with a ledger, or whose returns
-- tell their taxes, the entries say it
-- (assert_revenue_entries_add_up_to_net_revenue).
with orders as (
    select
        company_id,
        order_id,
        tax_amount,
        shipping_amount,
        excluded_amount,
        -- Nothing is left where nothing was charged, or all was paid back.
        case
            when gross_revenue <= discount_amount then 0
            else greatest(
                0, 1 - refund_amount / (gross_revenue - discount_amount)
            )
        end as kept_share
    from {{ ref('orders') }}
    where {{ is_in_scope() }}
),

ledgers as (
    select distinct
        company_id,
        'shopify/' || order_id as order_id
    from {{ ref('stg_shopify__order_sales') }}
    where {{ is_in_scope() }}
    union all
    select
        company_id,
        order_id
    from {{ ref('int_purchases_as_orders') }}
    where {{ is_in_scope() }} and kept_tax_amount is not null
),

companies as (
    select
        company_id,
        case when revenue_includes_tax then 0 else 1 end as tax_weight,
        case when revenue_includes_shipping then 0 else 1 end
            as shipping_weight
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

compared as (
    select
        orders.company_id,
        orders.order_id,
        orders.excluded_amount,
        round(orders.tax_amount * companies.tax_weight * orders.kept_share, 2)
        + round(
            orders.shipping_amount
            * companies.shipping_weight
            * orders.kept_share,
            2
        ) as expected_amount
    from orders
    inner join companies
        on orders.company_id = companies.company_id
    left join ledgers
        on
            orders.company_id = ledgers.company_id
            and orders.order_id = ledgers.order_id
    where ledgers.order_id is null
)

select * from compared
where excluded_amount <> expected_amount
