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
        companies.revenue_includes_tax,
        companies.revenue_includes_shipping,
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
        sales.is_revenue as is_line_revenue,
        sales.line_type,
        sales.total,
        sales.gross_revenue,
        sales.discount_amount,
        sales.refund_amount,
        case
            when orders.revenue_includes_tax then 0 else sales.tax_amount
        end as excluded_tax,
        case
            when orders.revenue_includes_shipping then 0
            else sales.shipping_amount
        end as excluded_shipping
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
        case
            when orders.exclusion_reason = 'credit_note' then 'refund'
            else 'order'
        end as change_type,
        orders.ordered_at as entry_at,
        orders.order_date as entry_date,
        entries.amount,
        entries.amount / orders.currency_rate as original_amount,
        orders.currency_code,
        orders.original_currency_code,
        true as is_revenue,
        coalesce(orders.exclusion_reason <> 'credit_note', true) as is_sale
    from orders
    left join with_ledger
        on
            orders.company_id = with_ledger.company_id
            and orders.order_id = with_ledger.order_id
    cross join
        lateral (
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
    where with_ledger.order_id is null
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
        true as is_revenue,
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

-- What each line of the ledger did, and below how it adds up.
ledger_lines as (
    select
        sales.*,
        entries.entry_type,
        entries.line_amount,
        entries.is_revenue
    from sales
    cross join
        lateral (
            values
            ('sale', sales.gross_revenue, true),
            ('discount', -sales.discount_amount, true),
            ('refund', -sales.refund_amount, true),
            ('tax_excluded', -sales.excluded_tax, true),
            ('shipping_excluded', -sales.excluded_shipping, true),
            (
                sales.line_type,
                case when sales.is_line_revenue then 0 else sales.total end,
                false
            )
        ) as entries (entry_type, line_amount, is_revenue)
    where entries.line_amount <> 0 or entries.entry_type = 'sale'
),

ledger_totals as (
    select
        *,
        line_amount * currency_rate as converted_amount,
        sum(line_amount * currency_rate) over (
            partition by company_id, order_id, entry_type
            order by entry_at, sale_id
            rows unbounded preceding
        ) as running_total,
        sum(line_amount) over (
            partition by company_id, order_id, entry_type
            order by entry_at, sale_id
            rows unbounded preceding
        ) as running_original,
        entry_type = 'sale'
        and change_type = 'order'
        and row_number() over (
            partition by company_id, order_id, entry_type
            order by entry_at, sale_id
        ) = 1 as is_sale
    from ledger_lines
),

ledger_entries as (
    select
        company_id,
        order_id,
        entry_type,
        order_id || '/' || entry_type || '/' || sale_id as entry_id,
        change_type,
        entry_at,
        entry_date,
        round(running_total, 2)
        - round(running_total - converted_amount, 2) as amount,
        round(running_original, 2)
        - round(running_original - line_amount, 2) as original_amount,
        currency_code,
        original_currency_code,
        is_revenue,
        is_sale
    from ledger_totals
),

unioned as (
    select * from placed
    union all
    select * from paid_back
    union all
    select * from ledger_entries
),

entries as (
    select
        company_id,
        entry_id,
        order_id,
        change_type,
        entry_type,
        is_revenue,
        entry_at,
        entry_date,
        amount::numeric(18, 2) as amount,
        currency_code,
        round(original_amount, 2)::numeric(18, 2) as original_amount,
        original_currency_code
    from unioned
    -- A sale of nothing is still a sale, a credit note is none.
    where amount <> 0 or (entry_type = 'sale' and is_sale)
)

select * from entries
