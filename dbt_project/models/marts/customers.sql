with purchases as (
    select
        company_id,
        customer_id,
        order_date,
        currency_code,
        net_revenue,
        is_outlier
    from {{ ref('orders') }}
    where is_purchase and {{ is_in_scope() }}
),

customers as (
    select
        company_id,
        customer_id,
        -- Purchases are in the company's currency, so there is only one.
        min(currency_code) as currency_code,
        min(order_date) as first_order_date,
        (array_agg(order_date order by order_date))[2] as second_order_date,
        max(order_date) as last_order_date,
        count(*)::integer as order_count,
        count(distinct order_date)::integer as purchase_day_count,
        sum(net_revenue)::numeric(18, 2) as historic_value,
        bool_or(is_outlier) as has_outlier_order
    from purchases
    group by company_id, customer_id
)

select * from customers
