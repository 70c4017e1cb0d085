with orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

deleted_orders as (
    select
        company_id,
        order_id
    from {{ ref('int_shopify_orders_deleted') }}
),

customers as (
    select
        company_id,
        email_hash,
        customer_id
    from {{ ref('int_shopify_customers_matched') }}
),

people as (
    select
        company_id,
        customer_id,
        person_customer_id
    from {{ ref('int_shopify_customers_identified') }}
),

rules as (
    select * from {{ ref('shopify_recognition_rules') }}
),

refunded as (
    select
        company_id,
        order_id,
        sum(refund_amount) as refund_amount,
        bool_or(is_rate_missing) as is_rate_missing
    from {{ ref('int_shopify_refunds_converted') }}
    group by company_id, order_id
),

-- Edits, exchanges and returns are in no total of the order, and gift cards and
-- tips are in all of them: where the ledger was read, it says what was sold.
ledger as (
    select
        company_id,
        order_id,
        sum(gross_revenue) as gross_revenue,
        sum(discount_amount) as discount_amount,
        sum(refund_amount) as refund_amount,
        sum(tax_amount) as tax_amount,
        sum(shipping_amount) as shipping_amount
    from {{ ref('int_shopify_sales_classified') }}
    group by company_id, order_id
),

judged as (
    select
        orders.*,
        deleted_orders.order_id is not null as is_deleted,
        -- A status nobody wrote a rule for is not revenue until somebody does.
        coalesce(
            case
                when orders.fulfillment_status = 'fulfilled'
                    then rules.is_recognised_when_fulfilled
                else rules.is_recognised_otherwise
            end,
            false
        ) as is_paid_or_fulfilled
    from orders
    left join deleted_orders
        on
            orders.company_id = deleted_orders.company_id
            and orders.order_id = deleted_orders.order_id
    left join rules
        on orders.financial_status = rules.financial_status
),

netted as (
    select
        judged.company_id,
        'shopify/' || judged.order_id as order_id,
        judged.order_id as source_order_id,
        coalesce(
            'shopify/' || coalesce(
                people.person_customer_id,
                judged.customer_id,
                customers.customer_id
            ),
            judged.email_hash
        ) as customer_id,
        -- XXX is ISO 4217 for "no currency": unlike currencies do not add up.
        case
            when refunded.is_rate_missing and ledger.order_id is null
                then 'XXX'
            else judged.currency_code
        end as currency_code,
        coalesce(
            ledger.gross_revenue,
            judged.total_price + coalesce(judged.total_discounts, 0)
        )::numeric(24, 6) as gross_revenue,
        coalesce(ledger.discount_amount, judged.total_discounts, 0)
        ::numeric(24, 6) as discount_amount,
        coalesce(ledger.refund_amount, refunded.refund_amount, 0)
        ::numeric(24, 6) as refund_amount,
        coalesce(judged.total_tax, 0)::numeric(24, 6) as tax_amount,
        coalesce({{ shipping_without_tax(
            'judged.total_shipping', 'coalesce(judged.total_tax, 0)',
            'judged.total_price', 'judged.has_taxes_included'
        ) }}, 0)::numeric(24, 6) as shipping_amount,
        ledger.tax_amount::numeric(24, 6) as kept_tax_amount,
        ledger.shipping_amount::numeric(24, 6) as kept_shipping_amount,
        -- Payments and visits are joined in the mart, where they can be asked
        -- for the orders that changed only.
        null::text as payment_method,
        judged.is_paid_or_fulfilled
        and judged.cancelled_at is null
        and judged.is_test is not true
        and not judged.is_deleted as is_recognised,
        judged.cancelled_at is not null as is_cancelled,
        judged.financial_status = 'refunded' as is_refunded,
        coalesce(judged.is_test, false) as is_test,
        judged.is_deleted,
        judged.fulfillment_status = 'fulfilled' as is_completed,
        coalesce(judged.processed_at, judged.created_at) as ordered_at,
        null::timestamptz as paid_at,
        -- The API does not say when an order was fulfilled.
        null::timestamptz as completed_at,
        judged.cancelled_at,
        judged.loaded_at
    from judged
    left join refunded
        on
            judged.company_id = refunded.company_id
            and judged.order_id = refunded.order_id
    left join ledger
        on
            judged.company_id = ledger.company_id
            and judged.order_id = ledger.order_id
    left join customers
        on
            judged.company_id = customers.company_id
            and judged.email_hash = customers.email_hash
    left join people
        on
            judged.company_id = people.company_id
            and judged.customer_id = people.customer_id
)

select * from netted
