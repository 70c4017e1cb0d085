-- A recognised order's entries add up to the order: to its net revenue, to what
-- the company leaves out of it, and to all that was charged and kept. A row
-- here is an order whose money was lost or doubled on the way into the ledger,
-- or changed its kind, or one that has entries and no revenue. Those of a
-- cancelled order come to nothing. A ledger's discounts are those of goods, an
-- order's those of shipping too.
with orders as (
    select
        company_id,
        order_id,
        case
            when is_recognised
                then gross_revenue - discount_amount - refund_amount
            else 0
        end as kept_amount,
        discount_amount,
        case when is_recognised then excluded_amount else 0 end
            as excluded_amount,
        case when is_recognised then net_revenue else 0 end as net_revenue,
        status = 'cancelled' as is_cancelled
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and (is_recognised or status = 'cancelled')
        and currency_rate is not null
),

entries as (
    select
        company_id,
        order_id,
        sum(amount) filter (
            where
            entry_type in ('sale', 'discount', 'refund', 'tax', 'shipping')
        ) as kept,
        coalesce(sum(-amount) filter (where entry_type = 'discount'), 0)
            as discounted,
        coalesce(sum(amount) filter (
            where not is_revenue and entry_type in ('tax', 'shipping')
        ), 0) as excluded,
        coalesce(sum(amount) filter (where is_revenue), 0) as amount
    from {{ ref('revenue_entries') }}
    where {{ is_in_scope() }}
    group by company_id, order_id
),

compared as (
    select
        coalesce(orders.company_id, entries.company_id) as company_id,
        coalesce(orders.order_id, entries.order_id) as order_id,
        orders.kept_amount,
        orders.discount_amount,
        orders.excluded_amount,
        orders.net_revenue,
        entries.kept,
        entries.discounted,
        entries.excluded,
        entries.amount,
        orders.is_cancelled and entries.order_id is null as is_untold
    from orders
    full outer join entries
        on
            orders.company_id = entries.company_id
            and orders.order_id = entries.order_id
)

select * from compared
where
    is_untold is distinct from true
    and (
        kept_amount is distinct from kept
        or excluded_amount is distinct from excluded
        or net_revenue is distinct from amount
        or coalesce(discounted > discount_amount, true)
    )
