with sales as (
    select * from {{ ref('sales_days') }}
    where {{ is_in_scope() }}
),

purchases as (
    select * from {{ ref('company_days') }}
    where {{ is_in_scope() }}
),

won as (
    select * from {{ ref('customers') }}
    where {{ is_in_scope() }}
),

spent as (
    select * from {{ ref('channel_days') }}
    where {{ is_in_scope() }} and spend is not null
),

told as (
    select
        company_id,
        calendar_date,
        net_sales,
        order_count,
        null::numeric as net_revenue,
        null::numeric as purchase_count,
        null::numeric as new_customer_revenue,
        null::numeric as spend
    from sales
    union all
    select
        company_id,
        calendar_date,
        null::numeric as net_sales,
        null::numeric as order_count,
        purchase_net_revenue as net_revenue,
        purchase_count,
        null::numeric as new_customer_revenue,
        null::numeric as spend
    from purchases
    union all
    select
        company_id,
        first_order_date as calendar_date,
        null::numeric as net_sales,
        null::numeric as order_count,
        null::numeric as net_revenue,
        null::numeric as purchase_count,
        first_order_revenue as new_customer_revenue,
        null::numeric as spend
    from won
    union all
    select
        company_id,
        calendar_date,
        null::numeric as net_sales,
        null::numeric as order_count,
        null::numeric as net_revenue,
        null::numeric as purchase_count,
        null::numeric as new_customer_revenue,
        spend
    from spent
),

summed as (
    select
        company_id,
        calendar_date,
        sum(net_sales)::numeric(24, 6) as net_sales,
        sum(order_count)::numeric(24, 6) as order_count,
        sum(net_revenue)::numeric(24, 6) as net_revenue,
        sum(purchase_count)::numeric(24, 6) as purchase_count,
        sum(new_customer_revenue)::numeric(24, 6) as new_customer_revenue,
        sum(spend)::numeric(24, 6) as spend
    from told
    group by company_id, calendar_date
)

select * from summed
