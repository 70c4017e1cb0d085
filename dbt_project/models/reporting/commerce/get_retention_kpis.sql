with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where
        company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }} <= {{ argument('end_date') }}
),

customers as (
    select
        company_id,
        count(*) as customer_count,
        count(*) filter (
            where second_order_date <= {{ argument('end_date') }}
        ) as repeat_customer_count
    from {{ ref('customers') }}
    where
        company_id = {{ argument('company_id') }}
        and first_order_date <= {{ argument('end_date') }}
    group by company_id
),

purchases as (
    select
        company_id,
        sum(purchase_net_revenue) as net_revenue
    from {{ ref('company_days') }}
    where
        company_id = {{ argument('company_id') }}
        and calendar_date <= {{ argument('end_date') }}
    group by company_id
),

-- Whoever came or ordered, in the 30 days that end with the range.
activities as (
    select
        company_id,
        customer_id
    from {{ ref('orders') }}
    where
        company_id = {{ argument('company_id') }}
        and order_date between {{ argument('end_date') }} - 29
        and {{ argument('end_date') }}
        and status not in ('test', 'deleted')
        and customer_id is not null
    union all
    select
        company_id,
        customer_id
    from {{ ref('sessions') }}
    where
        company_id = {{ argument('company_id') }}
        and started_date between {{ argument('end_date') }} - 29
        and {{ argument('end_date') }}
        and customer_id is not null
),

active_counts as (
    select
        company_id,
        count(distinct customer_id) as customer_count
    from activities
    group by company_id
),

counts as (
    select
        companies.company_id,
        companies.currency_code,
        coalesce(customers.customer_count, 0)::integer as customer_count,
        coalesce(customers.repeat_customer_count, 0)::integer
            as repeat_customer_count,
        purchases.net_revenue as historic_net_revenue,
        coalesce(active_counts.customer_count, 0)::integer
            as monthly_active_user_count
    from companies
    left join customers
        on companies.company_id = customers.company_id
    left join purchases
        on companies.company_id = purchases.company_id
    left join active_counts
        on companies.company_id = active_counts.company_id
),

rated as (
    select
        *,
        {{ kpi_rate('repurchase_rate', 'counts') }}
            as repurchase_rate,
        {{ kpi_rate('historic_value_per_customer', 'counts') }}
            as historic_value_per_customer
    from counts
)

select * from rated
