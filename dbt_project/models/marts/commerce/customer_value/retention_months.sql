with months as (
    select
        company_id,
        month_start_date,
        through_date
    from {{ ref('company_months') }}
    where {{ is_in_scope() }}
),

orders as (
    select
        company_id,
        customer_id,
        order_date,
        status,
        is_purchase,
        net_revenue
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and customer_id is not null
),

sessions as (
    select
        company_id,
        customer_id,
        started_date
    from {{ ref('sessions') }}
    where {{ is_in_scope() }} and customer_id is not null
),

customers as (
    select
        company_id,
        first_order_date,
        second_order_date
    from {{ ref('customers') }}
    where {{ is_in_scope() }}
),

events as (
    select
        company_id,
        first_order_date as event_date,
        1 as customer_count,
        0 as repeat_customer_count,
        0 as net_revenue
    from customers
    union all
    select
        company_id,
        second_order_date as event_date,
        0 as customer_count,
        1 as repeat_customer_count,
        0 as net_revenue
    from customers
    where second_order_date is not null
    union all
    select
        company_id,
        order_date as event_date,
        0 as customer_count,
        0 as repeat_customer_count,
        net_revenue
    from orders
    where is_purchase
),

summed as (
    select
        company_id,
        event_date,
        date_trunc('month', event_date)::date as month_start_date,
        sum(customer_count) as customer_count,
        sum(repeat_customer_count) as repeat_customer_count,
        sum(net_revenue) as net_revenue
    from events
    group by company_id, event_date
),

monthly as (
    select
        months.company_id,
        months.month_start_date,
        coalesce(sum(summed.customer_count), 0) as customer_count,
        coalesce(sum(summed.repeat_customer_count), 0) as repeat_customer_count,
        coalesce(sum(summed.net_revenue), 0) as net_revenue
    from months
    left join summed
        on
            months.company_id = summed.company_id
            and months.month_start_date = summed.month_start_date
            and months.through_date >= summed.event_date
    group by months.company_id, months.month_start_date
),

activities as (
    select
        company_id,
        customer_id,
        order_date as activity_date
    from orders
    where status not in ('test', 'deleted')
    union all
    select
        company_id,
        customer_id,
        started_date as activity_date
    from sessions
),

-- Thirty days reach into the month before, and from 1 March into January.
active_customers as (
    select distinct
        activities.company_id,
        months.month_start_date,
        activities.customer_id
    from activities
    cross join
        generate_series(
            date_trunc('month', activities.activity_date::timestamp),
            activities.activity_date::timestamp + interval '30 days',
            interval '1 month'
        ) as calendar (month_start_at)
    inner join months
        on
            activities.company_id = months.company_id
            and months.month_start_date = calendar.month_start_at::date
            and activities.activity_date
            between months.through_date - 29 and months.through_date
),

active_counts as (
    select
        company_id,
        month_start_date,
        count(*) as customer_count
    from active_customers
    group by company_id, month_start_date
),

accumulated as (
    select
        monthly.company_id,
        monthly.month_start_date,
        sum(monthly.customer_count) over (
            partition by monthly.company_id
            order by monthly.month_start_date
        )::integer as customer_count,
        sum(monthly.repeat_customer_count) over (
            partition by monthly.company_id
            order by monthly.month_start_date
        )::integer as repeat_customer_count,
        sum(monthly.net_revenue) over (
            partition by monthly.company_id
            order by monthly.month_start_date
        )::numeric(18, 2) as historic_net_revenue,
        coalesce(active_counts.customer_count, 0)::integer
            as monthly_active_user_count
    from monthly
    left join active_counts
        on
            monthly.company_id = active_counts.company_id
            and monthly.month_start_date = active_counts.month_start_date
)

select * from accumulated
