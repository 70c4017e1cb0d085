with orders as (
    select * from {{ ref('int_marketplace_orders_deduplicated') }}
),

items as (
    select * from {{ ref('int_marketplace_order_items_current') }}
),

payments as (
    select * from {{ ref('int_marketplace_payments_classified') }}
    where status <> 'failed'
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('stg_ops__companies') }}
),

rules as (
    select * from {{ ref('marketplace_status_rules') }}
),

sources as (
    select
        alias,
        channel_id
    from {{ ref('channel_aliases') }}
    where kind = 'source'
),

place_names as (
    select * from {{ ref('chile_place_names') }}
),

comunas as (
    select
        comuna_code,
        region_code
    from {{ ref('chile_comunas') }}
),

sold as (
    select
        company_id,
        order_id,
        sum(quantity * price) as item_amount,
        sum(discount_amount) as discount_amount,
        sum(shipping_amount) as shipping_amount,
        min(currency_code) as currency_code
    from items
    group by company_id, order_id
),

paid as (
    select
        company_id,
        order_id,
        sum(amount) as amount,
        (array_agg(payment_method order by amount desc, line_number asc))[1]
            as payment_method,
        min(currency_code) as currency_code
    from payments
    group by company_id, order_id
),

-- What was charged is the order's own total; without one what was sold (items
-- with their delivery), and what was paid only when nobody tells what was sold:
-- payments may hold the interest on instalments.
charged as (
    select
        orders.*,
        coalesce(rules.meaning, 'unknown') as meaning,
        coalesce(orders.discount_amount, sold.discount_amount, 0)
            as known_discount_amount,
        coalesce(orders.shipping_amount, sold.shipping_amount, 0)
            as known_shipping_amount,
        coalesce(
            orders.total,
            sold.item_amount
            + coalesce(orders.shipping_amount, sold.shipping_amount)
            - coalesce(orders.discount_amount, sold.discount_amount),
            paid.amount
        ) as charged_amount,
        coalesce(
            orders.currency_code,
            sold.currency_code,
            paid.currency_code,
            companies.currency_code
        ) as known_currency_code,
        coalesce(orders.payment_method, paid.payment_method)
            as known_payment_method
    from orders
    inner join companies
        on orders.company_id = companies.company_id
    left join sold
        on
            orders.company_id = sold.company_id
            and orders.order_id = sold.order_id
    left join paid
        on
            orders.company_id = paid.company_id
            and 'marketplace/' || orders.order_id = paid.order_id
    left join rules
        on {{ channel_alias('orders.order_status') }} = rules.order_status
),

-- Without a status, its times say how far an order is.
judged as (
    select
        *,
        case
            when cancelled_at is not null and meaning <> 'test' then 'cancelled'
            when order_status <> 'none' then meaning
            when completed_at is not null then 'completed'
            when paid_at is not null then 'paid'
            else 'pending'
        end as order_meaning
    from charged
),

placed as (
    select
        judged.*,
        coalesce(comunas.region_code, region_names.code) as region_code,
        comunas.comuna_code,
        coalesce(
            sources.channel_id,
            case
                when judged.channel_name is null then 'unknown'
                else 'other'
            end
        ) as channel_id
    from judged
    left join place_names as comuna_names
        on
            {{ channel_alias('judged.comuna_name') }} = comuna_names.alias
            and comuna_names.kind = 'comuna'
    left join comunas
        on comuna_names.code = comunas.comuna_code
    left join place_names as region_names
        on
            {{ channel_alias('judged.region_name') }} = region_names.alias
            and region_names.kind = 'region'
    left join sources
        on {{ channel_alias('judged.channel_name') }} = sources.alias
),

assembled as (
    select
        company_id,
        'marketplace/' || order_id as order_id,
        order_id as source_order_id,
        file_sha256,
        file_name,
        line_number,
        customer_id,
        known_currency_code as currency_code,
        (coalesce(charged_amount, 0) + known_discount_amount)
        ::numeric(24, 6) as gross_revenue,
        known_discount_amount::numeric(24, 6) as discount_amount,
        coalesce(
            refunded_amount,
            case when order_meaning = 'refunded' then charged_amount end,
            0
        )::numeric(24, 6) as refund_amount,
        coalesce(tax_amount, 0)::numeric(24, 6) as tax_amount,
        case
            when tax_amount <> 0 then true when tax_amount is null then false
        end as is_tax_told,
        known_shipping_amount::numeric(24, 6) as shipping_amount,
        known_payment_method as payment_method,
        product_id,
        order_status,
        comuna_name,
        order_meaning in ('paid', 'completed', 'refunded')
        and charged_amount is not null as is_recognised,
        order_meaning = 'cancelled' as is_cancelled,
        order_meaning = 'refunded' as is_refunded,
        order_meaning = 'completed'
        or (order_meaning = 'paid' and completed_at is not null)
            as is_completed,
        order_meaning = 'test' as is_test,
        order_meaning = 'unknown' as has_unknown_status,
        created_at as ordered_at,
        paid_at,
        completed_at,
        cancelled_at,
        refunded_at,
        channel_id,
        campaign_name,
        region_code,
        comuna_code,
        exported_at,
        loaded_at
    from placed
)

select * from assembled
