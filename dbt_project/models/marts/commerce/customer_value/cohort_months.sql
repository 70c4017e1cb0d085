with customers as (
    select
        company_id,
        customer_id,
        currency_code,
        date_trunc('month', first_order_date)::date as cohort_month_start_date
    from {{ ref('customers') }}
    where {{ is_in_scope() }}
),

purchases as (
    select
        company_id,
        customer_id,
        date_trunc('month', order_date)::date as month_start_date,
        sum(net_revenue) as net_revenue
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase
    group by company_id, customer_id, date_trunc('month', order_date)::date
),

aged as (
    select
        customers.company_id,
        customers.cohort_month_start_date,
        customers.currency_code,
        purchases.net_revenue,
        12 * (
            extract(year from purchases.month_start_date)
            - extract(year from customers.cohort_month_start_date)
        )
        + extract(month from purchases.month_start_date)
        - extract(month from customers.cohort_month_start_date)
            as month_number
    from customers
    inner join purchases
        on
            customers.company_id = purchases.company_id
            and customers.customer_id = purchases.customer_id
),

counted as (
    select
        company_id,
        cohort_month_start_date,
        month_number::integer as month_number,
        min(currency_code) as currency_code,
        count(*)::integer as buyer_count,
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from aged
    group by company_id, cohort_month_start_date, month_number::integer
)

select * from counted
