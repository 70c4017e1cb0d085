with companies as (
    select
        company_id,
        time_zone,
        revenue_includes_tax,
        revenue_includes_shipping
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- What was revenue until it was cancelled, on a day that the source tells.
cancelled as (
    select
        company_id,
        order_id
    from {{ ref('int_shopify_orders_cancelled') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

orders as (
    select
        orders.*,
        companies.time_zone,
        companies.revenue_includes_tax,
        companies.revenue_includes_shipping,
        coalesce(orders.exclusion_reason = 'credit_note', false)
            as is_credit_note
    from {{ ref('orders') }} as orders
    inner join companies
        on orders.company_id = companies.company_id
    left join cancelled
        on
            orders.company_id = cancelled.company_id
            and orders.order_id = cancelled.order_id
    where
        {{ is_in_scope('orders.company_id') }}
        and {{ is_changed('orders.order_id', 'orders.company_id') }}
        and (
            orders.is_recognised
            or (
                orders.status = 'cancelled'
                and (
                    cancelled.order_id is not null
                    or (
                        orders.source_contract = 'marketplace'
                        and orders.paid_at <= orders.cancelled_at
                    )
                )
            )
        )
        and orders.currency_rate is not null
),

sales as (
    select
        orders.company_id,
        orders.order_id,
        sales.sale_id,
        sales.change_type,
        greatest(orders.ordered_at, sales.happened_at) as entry_at,
        greatest(
            orders.order_date,
            (sales.happened_at at time zone orders.time_zone)::date
        ) as entry_date,
        orders.currency_code,
        orders.original_currency_code,
        orders.currency_rate,
        orders.revenue_includes_tax,
        orders.revenue_includes_shipping,
        orders.is_tax_told,
        sales.line_type,
        sales.is_revenue as is_line_revenue,
        sales.refund_amount <> 0 as is_taken_off,
        sales.gross_revenue - sales.discount_amount - sales.refund_amount
            as kept,
        sales.tax_amount as tax,
        sales.shipping_amount as shipping,
        -- What a code takes off the shipping is no discount of goods.
        case
            when sales.line_type = 'shipping' then 0
            else sales.discount_amount
        end as goods_discount,
        case when sales.is_revenue then 0 else sales.total end as aside
    from orders
    inner join {{ ref('int_shopify_sales_classified') }} as sales
        on
            orders.company_id = sales.company_id
            and orders.order_id = 'shopify/' || sales.order_id
    where
        orders.source_contract = 'api'
        and {{ is_in_scope('sales.company_id') }}
        and {{ is_changed("'shopify/' || sales.order_id", 'sales.company_id') }}
),

with_ledger as (
    select distinct
        company_id,
        order_id
    from sales
),

shopify_refunds as (
    select
        refunds.company_id,
        'shopify/' || refunds.order_id as order_id,
        refunds.refund_id,
        refunds.refunded_at,
        refunds.refund_amount
    from {{ ref('int_shopify_refunds_converted') }} as refunds
    left join with_ledger
        on
            refunds.company_id = with_ledger.company_id
            and 'shopify/' || refunds.order_id = with_ledger.order_id
    where
        {{ is_in_scope('refunds.company_id') }}
        and {{ is_changed(
            "'shopify/' || refunds.order_id", 'refunds.company_id'
        ) }}
        and with_ledger.order_id is null
),

purchase_refunds as (
    select * from {{ ref('int_purchase_refunds_dated') }}
    where {{ is_in_scope() }} and {{ is_changed('order_id') }}
),

-- Exports and marketplaces say how much was paid back and not when: counted
-- with the order, or when it was cancelled.
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
        shopify_refunds.refund_amount * orders.currency_rate as amount,
        null::numeric as tax_amount,
        null::numeric as shipping_amount
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
        purchase_refunds.refund_amount * orders.currency_rate as amount,
        purchase_refunds.tax_amount * orders.currency_rate as tax_amount,
        purchase_refunds.shipping_amount * orders.currency_rate
            as shipping_amount
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
        greatest(ordered_at, cancelled_at) as entry_at,
        greatest(order_date, (cancelled_at at time zone time_zone)::date)
            as entry_date,
        refund_amount as amount,
        null::numeric as tax_amount,
        null::numeric as shipping_amount
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
        ), 2) as refunded_before,
    {%- for part in ('tax', 'shipping') %}
        {{ part }}_amount as told_{{ part }},
        sum({{ part }}_amount) over (
            partition by company_id, order_id
            order by entry_at, refund_id
            ) as {{ part }}_so_far{{ ',' if not loop.last }}
    {%- endfor %}
    from refunds
),

states as (
    select
        orders.*,
        accumulated.refund_id,
        accumulated.entry_at,
        accumulated.entry_date,
        accumulated.refunded - coalesce(accumulated.refunded_before, 0)
            as refunded_now,
    -- As the log tells it, or in proportion.
    {%- for part in ('tax', 'shipping') %}
        coalesce(
            round(
                orders.{{ part }}_amount
                - accumulated.{{ part }}_so_far
                + accumulated.told_{{ part }}, 2
            )
            - round(
                orders.{{ part }}_amount - accumulated.{{ part }}_so_far, 2
            ),
                {{ part_not_refunded(
                    'orders',
                    part ~ '_amount',
                    'coalesce(accumulated.refunded_before, 0)'
                ) }}
            - {{ part_not_refunded(
                    'orders', part ~ '_amount', 'accumulated.refunded'
                ) }}
        ) as {{ part }}_back{{ ',' if not loop.last }}
    {%- endfor %}
    from orders
    inner join accumulated
        on
            orders.company_id = accumulated.company_id
            and orders.order_id = accumulated.order_id
),

charged as (
    select
        orders.*,
        {{ part_not_refunded('orders', 'tax_amount', '0') }} as tax_charged,
        {{ part_not_refunded('orders', 'shipping_amount', '0') }}
            as shipping_charged
    from orders
    left join with_ledger
        on
            orders.company_id = with_ledger.company_id
            and orders.order_id = with_ledger.order_id
    where with_ledger.order_id is null
),

placed as (
    select
        charged.company_id,
        charged.order_id,
        entries.entry_type,
        charged.order_id || '/' || entries.entry_type as entry_id,
        case when charged.is_credit_note then 'refund' else 'order' end
            as change_type,
        charged.ordered_at as entry_at,
        charged.order_date as entry_date,
        entries.amount,
        entries.amount / charged.currency_rate as original_amount,
        charged.currency_code,
        charged.original_currency_code,
        charged.is_tax_told,
        entries.is_revenue,
        not charged.is_credit_note as is_sale
    from charged
    cross join
        lateral (
            values
            (
                'sale',
                charged.gross_revenue
                - charged.tax_charged
                - charged.shipping_charged,
                true
            ),
            ('discount', -charged.discount_amount, true),
            ('tax', charged.tax_charged, charged.revenue_includes_tax),
            (
                'shipping',
                charged.shipping_charged,
                charged.revenue_includes_shipping
            )
        ) as entries (entry_type, amount, is_revenue)
),

paid_back as (
    select
        states.company_id,
        states.order_id,
        entries.entry_type,
        states.order_id || '/' || entries.entry_type || '/' || states.refund_id
            as entry_id,
        'refund' as change_type,
        states.entry_at,
        states.entry_date,
        entries.amount,
        entries.amount / states.currency_rate as original_amount,
        states.currency_code,
        states.original_currency_code,
        states.is_tax_told,
        entries.is_revenue,
        false as is_sale
    from states
    cross join lateral (
        values
        (
            'refund',
            states.tax_back + states.shipping_back - states.refunded_now,
            true
        ),
        ('tax', -states.tax_back, states.revenue_includes_tax),
        (
            'shipping', -states.shipping_back, states.revenue_includes_shipping
        )
    ) as entries (entry_type, amount, is_revenue)
),

-- Each line of the ledger as what rounded running totals grew by: cents that
-- are rounded one by one would not add up to the order's.
ledger_lines as (
    select
        *,
        {%- for amount in (
            'kept', 'tax', 'shipping', 'goods_discount', 'aside'
        ) %}
        {%- for converted, name in (
            (amount ~ ' * currency_rate', 'converted_' ~ amount),
            (amount, 'original_' ~ amount),
        ) %}
                round(sum({{ converted }}) over (
                    partition by company_id, order_id
                    order by entry_at, sale_id
                    rows unbounded preceding
                ), 2)
                - round(sum({{ converted }}) over (
                    partition by company_id, order_id
                    order by entry_at, sale_id
                    rows unbounded preceding
                ) - {{ converted }}, 2) as {{ name }},
            {%- endfor %}
        {%- endfor %}
        row_number() over (
            partition by company_id, order_id
            order by is_line_revenue desc, entry_at asc, sale_id asc
        ) = 1 as is_first
    from sales
),

ledger_entries as (
    select
        grown.company_id,
        grown.order_id,
        entries.entry_type,
        grown.order_id || '/' || entries.entry_type || '/' || grown.sale_id
            as entry_id,
        grown.change_type,
        grown.entry_at,
        grown.entry_date,
        entries.amount,
        entries.original_amount,
        grown.currency_code,
        grown.original_currency_code,
        grown.is_tax_told,
        entries.is_revenue,
        grown.is_first and grown.change_type = 'order' as is_sale
    from ledger_lines as grown
    cross join
        lateral (
            values
            (
                case when grown.is_taken_off then 'refund' else 'sale' end,
                grown.converted_kept
                - grown.converted_tax
                - grown.converted_shipping
                + grown.converted_goods_discount,
                grown.original_kept
                - grown.original_tax
                - grown.original_shipping
                + grown.original_goods_discount,
                true
            ),
            (
                'discount',
                -grown.converted_goods_discount,
                -grown.original_goods_discount,
                true
            ),
            (
                'tax',
                grown.converted_tax,
                grown.original_tax,
                grown.revenue_includes_tax
            ),
            (
                'shipping',
                grown.converted_shipping,
                grown.original_shipping,
                grown.revenue_includes_shipping
            ),
            (
                grown.line_type,
                grown.converted_aside,
                grown.original_aside,
                false
            )
        ) as entries (entry_type, amount, original_amount, is_revenue)
    where entries.amount <> 0 or entries.entry_type = 'sale'
),

booked as (
    select * from placed
    union all
    select * from paid_back
    union all
    select * from ledger_entries
),

called_off as (
    select * from orders
    where not is_recognised
),

kinds as (
    select
        booked.company_id,
        booked.order_id,
        case
            when booked.entry_type in ('sale', 'discount') then 'refund'
            else booked.entry_type
        end as entry_type,
        booked.is_revenue,
        booked.amount,
        round(booked.original_amount, 2) as original_amount
    from booked
    inner join called_off
        on
            booked.company_id = called_off.company_id
            and booked.order_id = called_off.order_id
),

-- What was not given back of a cancelled order leaves the ledger on that day.
left_over as (
    select
        company_id,
        order_id,
        entry_type,
        is_revenue,
        -sum(amount) as amount,
        -sum(original_amount) as original_amount
    from kinds
    group by company_id, order_id, entry_type, is_revenue
),

cancellations as (
    select
        orders.company_id,
        orders.order_id,
        left_over.entry_type,
        orders.order_id || '/' || left_over.entry_type || '/cancelled'
            as entry_id,
        'cancellation' as change_type,
        greatest(orders.ordered_at, orders.cancelled_at) as entry_at,
        greatest(
            orders.order_date,
            (orders.cancelled_at at time zone orders.time_zone)::date
        ) as entry_date,
        left_over.amount,
        left_over.original_amount,
        orders.currency_code,
        orders.original_currency_code,
        orders.is_tax_told,
        left_over.is_revenue,
        false as is_sale
    from called_off as orders
    inner join left_over
        on
            orders.company_id = left_over.company_id
            and orders.order_id = left_over.order_id
),

unioned as (
    select * from booked
    union all
    select * from cancellations
),

entries as (
    select
        unioned.company_id,
        unioned.entry_id,
        unioned.order_id,
        unioned.change_type,
        unioned.entry_type,
        unioned.is_revenue,
        unioned.is_tax_told,
        unioned.entry_at,
        unioned.entry_date,
        unioned.amount::numeric(18, 2) as amount,
        unioned.currency_code,
        round(unioned.original_amount, 2)::numeric(18, 2) as original_amount,
        unioned.original_currency_code,
        case
            when unioned.entry_type = 'sale' and unioned.is_sale
                then orders.payment_fee
            else orders.payment_fee * 0
        end::numeric(18, 2) as payment_fee
    from unioned
    inner join orders
        on
            unioned.company_id = orders.company_id
            and unioned.order_id = orders.order_id
    -- A sale of nothing is still a sale, a credit note is none.
    where
        unioned.amount <> 0
        or (unioned.entry_type = 'sale' and unioned.is_sale)
)

select * from entries
