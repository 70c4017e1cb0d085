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

-- What each source that tells payments says of one.
transactions as (
    select
        company_id,
        'shopify/' || transaction_id as payment_id,
        'shopify/' || order_id as order_id,
        processed_at as paid_at,
        gateway as payment_method,
        case status
            when 'success' then 'succeeded'
            when 'failure' then 'failed'
            when 'error' then 'failed'
            else 'pending'
        end as status,
        amount,
        currency_code
    from {{ ref('stg_shopify__order_transactions') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed("'shopify/' || order_id") }}
        and kind in ('sale', 'capture')
),

marketplace_payments as (
    select
        company_id,
        payment_id,
        order_id,
        paid_at,
        payment_method,
        status,
        amount,
        currency_code
    from {{ ref('int_marketplace_payments_classified') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

told as (
    select * from transactions
    union all
    select * from marketplace_payments
),

-- Where no payments are told, an order that was paid was paid once.
whole_payments as (
    select
        orders.company_id,
        orders.order_id as payment_id,
        orders.order_id,
        orders.paid_at,
        orders.payment_method,
        'succeeded'::text as status,
        orders.gross_revenue - orders.discount_amount as amount,
        orders.currency_code
    from orders
    where
        orders.source_contract in ('purchases', 'shopify_orders', 'marketplace')
        and orders.paid_at is not null
        and not exists (
            select 1 from marketplace_payments
            where
                marketplace_payments.company_id = orders.company_id
                and marketplace_payments.order_id = orders.order_id
        )
),

-- In the money of its order, a payment is converted as the order is. More than
-- an order may have would stop the build (docs/decisions/0034).
told_payments as (
    select
        told.company_id,
        told.payment_id,
        told.order_id,
        -- The order was not paid by what failed or is still awaited.
        coalesce(
            told.paid_at,
            case when told.status = 'succeeded' then orders.paid_at end
        ) as paid_at,
        told.payment_method,
        told.status,
        told.amount,
        coalesce(told.currency_code, orders.original_currency_code)
            as currency_code,
        orders.currency_code as order_currency_code,
        coalesce(told.currency_code, orders.original_currency_code)
        = orders.original_currency_code
        and orders.currency_rate is not null as is_convertible,
        orders.currency_rate
    from told
    inner join orders
        on
            told.company_id = orders.company_id
            and told.order_id = orders.order_id
    where
        orders.source_contract in ('api', 'marketplace')
        and told.amount * greatest(1, orders.currency_rate) < 1e13
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
