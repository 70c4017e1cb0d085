with companies as (
    select
        company_id,
        time_zone,
        revenue_includes_tax,
        revenue_includes_shipping
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        orders.*,
        companies.time_zone,
        case
            when companies.revenue_includes_tax then 0 else orders.tax_amount
        end as excluded_tax,
        case
            when companies.revenue_includes_shipping then 0
            else orders.shipping_amount
        end as excluded_shipping
    from {{ ref('orders') }} as orders
    inner join companies
        on orders.company_id = companies.company_id
    where
        {{ is_in_scope('orders.company_id') }}
        and {{ is_changed('orders.order_id', 'orders.company_id') }}
        and orders.is_recognised
        and orders.currency_rate is not null
),

shopify_refunds as (
    select
        company_id,
        'shopify/' || order_id as order_id,
        refund_id,
        refunded_at,
        refund_amount
    from {{ ref('int_shopify_refunds_converted') }}
    where {{ is_in_scope() }} and {{ is_changed("'shopify/' || order_id") }}
),

purchase_refunds as (
    select * from {{ ref('int_purchase_refunds_dated') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

-- Exports and marketplaces say how much was paid back and not when: no earlier
-- than the order, and so counted with it.
refunds as (
    select
        orders.company_id,
        orders.order_id,
        shopify_refunds.refund_id,
        greatest(orders.ordered_at, shopify_refunds.refunded_at) as entry_at,
        greatest(
            orders.order_date,
            (shopify_refunds.refunded_at at time zone orders.time_zone)::date
        ) as entry_date,
        shopify_refunds.refund_amount * orders.currency_rate as amount
    from orders
    inner join shopify_refunds
        on
            orders.company_id = shopify_refunds.company_id
            and orders.order_id = shopify_refunds.order_id
    where orders.source_contract = 'api'
    union all
    select
        orders.company_id,
        orders.order_id,
        purchase_refunds.refund_id,
        greatest(orders.ordered_at, purchase_refunds.refunded_at) as entry_at,
        greatest(orders.order_date, purchase_refunds.refund_date)
            as entry_date,
        purchase_refunds.refund_amount * orders.currency_rate as amount
    from orders
    inner join purchase_refunds
        on
            orders.company_id = purchase_refunds.company_id
            and orders.order_id = purchase_refunds.order_id
            and orders.file_name = purchase_refunds.file_name
    where orders.source_contract = 'purchases'
    union all
    select
        company_id,
        order_id,
        'all'::text as refund_id,
        ordered_at as entry_at,
        order_date as entry_date,
        refund_amount as amount
    from orders
    where source_contract not in ('api', 'purchases') and refund_amount <> 0
),

-- Running totals are rounded, and an entry is what they grew by: cents that
-- are rounded one by one would not add up to the order's.
accumulated as (
    select
        *,
        round(sum(amount) over (
            partition by company_id, order_id order by entry_at, refund_id
        ), 2) as refunded,
        round(sum(amount) over (
            partition by company_id, order_id
            order by entry_at, refund_id
            rows between unbounded preceding and 1 preceding
        ), 2) as refunded_before
    from refunds
),

states as (
    select
        orders.*,
        accumulated.refund_id,
        accumulated.entry_at,
        accumulated.entry_date,
        accumulated.refunded,
        coalesce(accumulated.refunded_before, 0) as refunded_before
    from orders
    inner join accumulated
        on
            orders.company_id = accumulated.company_id
            and orders.order_id = accumulated.order_id
),

placed as (
    select
        orders.company_id,
        orders.order_id,
        entries.entry_type,
        orders.order_id || '/' || entries.entry_type as entry_id,
        orders.ordered_at as entry_at,
        orders.order_date as entry_date,
        entries.amount,
        orders.currency_code,
        coalesce(orders.exclusion_reason <> 'credit_note', true) as is_sale
    from orders
    cross join lateral (
        values
        ('sale', orders.gross_revenue),
        ('discount', -orders.discount_amount),
        (
            'tax_excluded',
            -{{ part_not_refunded('orders', 'excluded_tax', '0') }}
        ),
        (
            'shipping_excluded',
            -{{ part_not_refunded('orders', 'excluded_shipping', '0') }}
        )
    ) as entries (entry_type, amount)
),

paid_back as (
    select
        states.company_id,
        states.order_id,
        entries.entry_type,
        states.order_id || '/' || entries.entry_type || '/' || states.refund_id
            as entry_id,
        states.entry_at,
        states.entry_date,
        entries.amount,
        states.currency_code,
        false as is_sale
    from states
    cross join lateral (
        values
        ('refund', states.refunded_before - states.refunded),
        (
            'tax_excluded',
            {{ part_not_refunded(
                'states', 'excluded_tax', 'states.refunded_before'
            ) }}
            - {{ part_not_refunded(
                'states', 'excluded_tax', 'states.refunded'
            ) }}
        ),
        (
            'shipping_excluded',
            {{ part_not_refunded(
                'states', 'excluded_shipping', 'states.refunded_before'
            ) }}
            - {{ part_not_refunded(
                'states', 'excluded_shipping', 'states.refunded'
            ) }}
        )
    ) as entries (entry_type, amount)
),

unioned as (
    select * from placed
    union all
    select * from paid_back
),

entries as (
    select
        company_id,
        entry_id,
        order_id,
        entry_type,
        entry_at,
        entry_date,
        amount::numeric(18, 2) as amount,
        currency_code
    from unioned
    -- A sale of nothing is still a sale, a credit note is none.
    where amount <> 0 or (entry_type = 'sale' and is_sale)
)

select * from entries
