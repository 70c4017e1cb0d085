with purchases as (
    select
        company_id,
        order_date,
        currency_code,
        net_revenue,
        coalesce(payment_method, 'unknown') as payment_method
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase
),

summed as (
    select
        company_id,
        order_date as calendar_date,
        payment_method,
        -- Purchases are in the company's currency, so there is only one.
        min(currency_code) as currency_code,
        count(*)::integer as purchase_count,
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from purchases
    group by company_id, order_date, payment_method
)

select * from summed
