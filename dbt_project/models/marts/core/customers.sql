with purchases as (
    select
        company_id,
        customer_id,
        order_id,
        ordered_at,
        order_date,
        currency_code,
        net_revenue,
        channel_id,
        campaign_name
    from {{ ref('orders') }}
    where
        is_purchase
        and {{ is_in_scope() }}
        and {{ is_changed('customer_id') }}
),

outliers as (
    select distinct
        company_id,
        customer_id
    from {{ ref('outlier_orders') }}
    where {{ is_in_scope() }} and {{ is_changed('customer_id') }}
),

first_purchases as (
    select distinct on (company_id, customer_id)
        company_id,
        customer_id,
        order_id,
        net_revenue,
        channel_id,
        campaign_name
    from purchases
    order by
        company_id asc,
        customer_id asc,
        ordered_at asc,
        order_id asc
),

summed as (
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
        sum(net_revenue)::numeric(18, 2) as historic_value
    from purchases
    group by company_id, customer_id
),

customers as (
    select
        summed.company_id,
        summed.customer_id,
        summed.currency_code,
        summed.first_order_date,
        summed.second_order_date,
        summed.last_order_date,
        summed.order_count,
        summed.purchase_day_count,
        summed.historic_value,
        outliers.customer_id is not null as has_outlier_order,
        first_purchases.order_id as first_order_id,
        first_purchases.net_revenue as first_order_revenue,
        first_purchases.channel_id as first_channel_id,
        first_purchases.campaign_name as first_campaign_name
    from summed
    inner join first_purchases
        on
            summed.company_id = first_purchases.company_id
            and summed.customer_id = first_purchases.customer_id
    left join outliers
        on
            summed.company_id = outliers.company_id
            and summed.customer_id = outliers.customer_id
)

select * from customers
