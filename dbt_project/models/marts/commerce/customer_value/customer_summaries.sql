with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

outliers as (
    select
        company_id,
        order_id
    from {{ ref('outlier_orders') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        orders.company_id,
        orders.customer_id,
        orders.order_date,
        orders.currency_code,
        orders.net_revenue,
        orders.is_purchase,
        outliers.order_id is not null as is_outlier,
        companies.as_of_date
    from {{ ref('orders') }} as orders
    inner join companies
        on orders.company_id = companies.company_id
    left join outliers
        on
            orders.company_id = outliers.company_id
            and orders.order_id = outliers.order_id
    where
        {{ is_in_scope('orders.company_id') }}
        and {{ is_changed('orders.company_id', 'orders.company_id') }}
        and orders.order_date <= companies.as_of_date
),

reaches as (
    select
        company_id,
        max(order_date) as data_through_date
    from orders
    group by company_id
),

purchase_days as (
    select
        company_id,
        customer_id,
        order_date,
        min(as_of_date) as as_of_date,
        min(currency_code) as currency_code,
        count(*) as order_count,
        sum(net_revenue) as net_revenue,
        bool_or(is_outlier) as has_outlier_order,
        -- A window over the groups: the customer's first day, beside each day.
        min(order_date) over (
            partition by company_id, customer_id
        ) as first_order_date
    from orders
    where is_purchase
    group by company_id, customer_id, order_date
),

summarised as (
    select
        company_id,
        customer_id,
        min(as_of_date) as as_of_date,
        min(currency_code) as currency_code,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        sum(order_count)::integer as order_count,
        count(*)::integer as purchase_day_count,
        avg(net_revenue) filter (
            where order_date > first_order_date
        )::numeric(24, 8) as monetary_value,
        sum(net_revenue)::numeric(18, 2) as historic_value,
        bool_or(has_outlier_order) as has_outlier_order
    from purchase_days
    group by company_id, customer_id
),

timed as (
    select
        summarised.company_id,
        summarised.customer_id,
        summarised.as_of_date,
        summarised.currency_code,
        summarised.first_order_date,
        summarised.last_order_date,
        summarised.order_count,
        summarised.purchase_day_count,
        summarised.purchase_day_count - 1 as frequency,
        summarised.last_order_date - summarised.first_order_date
            as recency_days,
        summarised.as_of_date - summarised.first_order_date as age_days,
        summarised.monetary_value,
        summarised.historic_value,
        summarised.has_outlier_order,
        reaches.data_through_date
    from summarised
    inner join reaches
        on summarised.company_id = reaches.company_id
)

select * from timed
