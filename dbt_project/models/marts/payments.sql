with orders as (
    select
        company_id,
        order_id,
        source_contract,
        paid_at,
        payment_method,
        gross_revenue,
        discount_amount,
        currency_code,
        original_currency_code,
        currency_rate
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('order_id') }}
        and exclusion_reason is distinct from 'impossible_amount'
),

transactions as (
    select
        company_id,
        transaction_id,
        'shopify/' || order_id as order_id,
        processed_at,
        gateway,
        status,
        currency_code,
        amount
    from {{ ref('stg_shopify__order_transactions') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed("'shopify/' || order_id") }}
        and kind in ('sale', 'capture')
),

-- Where no payments are told, an order that was paid was paid once.
whole_payments as (
    select
        company_id,
        order_id as payment_id,
        order_id,
        paid_at,
        payment_method,
        'succeeded'::text as status,
        gross_revenue - discount_amount as amount,
        currency_code
    from orders
    where
        source_contract in ('purchases', 'shopify_orders')
        and paid_at is not null
),

-- In the money of its order, a payment is converted as the order is.
told_payments as (
    select
        transactions.company_id,
        'shopify/' || transactions.transaction_id as payment_id,
        transactions.order_id,
        transactions.processed_at as paid_at,
        transactions.gateway as payment_method,
        case transactions.status
            when 'success' then 'succeeded'
            when 'failure' then 'failed'
            when 'error' then 'failed'
            else 'pending'
        end as status,
        transactions.amount,
        transactions.currency_code,
        orders.currency_code as order_currency_code,
        transactions.currency_code = orders.original_currency_code
        and orders.currency_rate is not null as is_convertible,
        orders.currency_rate
    from transactions
    inner join orders
        on
            transactions.company_id = orders.company_id
            and transactions.order_id = orders.order_id
    where orders.source_contract = 'api'
),

converted as (
    select
        company_id,
        payment_id,
        order_id,
        paid_at,
        payment_method,
        status,
        case
            when is_convertible then round(amount * currency_rate, 2)
            else round(amount, 2)
        end as amount,
        case
            when is_convertible then order_currency_code else currency_code
        end as currency_code
    from told_payments
),

unioned as (
    select * from whole_payments
    union all
    select * from converted
),

typed as (
    select
        company_id,
        payment_id,
        order_id,
        paid_at,
        payment_method as method, -- noqa: RF04
        status,
        amount::numeric(18, 2) as amount,
        currency_code
    from unioned
)

select * from typed
