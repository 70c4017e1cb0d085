with sales as (
    select * from {{ ref('stg_shopify__order_sales') }}
),

agreements as (
    select
        company_id,
        agreement_id,
        -- What comes back and what goes out instead are agreed at once.
        bool_or(line_type = 'product' and action_type = 'order')
        and bool_or(line_type = 'product' and action_type = 'return')
            as is_exchange
    from sales
    group by company_id, agreement_id
),

judged as (
    select
        sales.*,
        case
            when agreements.is_exchange then 'exchange'
            when sales.reason = 'order_edit' then 'edit'
            when sales.reason in ('order', 'return', 'refund')
                then sales.reason
            else 'unknown'
        end as change_type,
        -- Neither goods nor what brings them: a gift card is owed until it is
        -- spent, a tip is the staff's, a duty the State's.
        sales.line_type not in (
            'gift_card', 'tip', 'duty', 'fee', 'additional_fee'
        ) as is_revenue,
        sales.action_type = 'order'
        or (sales.action_type <> 'return' and sales.total >= 0) as is_sold
    from sales
    inner join agreements
        on
            sales.company_id = agreements.company_id
            and sales.agreement_id = agreements.agreement_id
),

classified as (
    select
        company_id,
        order_id,
        sale_id,
        happened_at,
        change_type,
        line_type,
        is_revenue,
        total,
        case when is_revenue and is_sold then total + discount else 0 end
        ::numeric(24, 6) as gross_revenue,
        case when is_revenue and is_sold then discount else 0 end
        ::numeric(24, 6) as discount_amount,
        case when is_revenue and not is_sold then -total else 0 end
        ::numeric(24, 6) as refund_amount,
        case when is_revenue then tax else 0 end::numeric(24, 6) as tax_amount,
        case when line_type = 'shipping' then total - tax else 0 end
        ::numeric(24, 6) as shipping_amount
    from judged
)

select * from classified
