with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

unchanged_customers as (
    select
        customers.company_id,
        customers.customer_id,
        customers.currency_code,
        customers.last_order_date,
        customers.order_count as frequency,
        customers.historic_value as monetary
    from {{ ref('customers') }} as customers
    inner join companies
        on customers.company_id = companies.company_id
    where
        {{ is_in_scope('customers.company_id') }}
        and customers.last_order_date <= companies.as_of_date
),

-- Who has bought after the as-of date, as they stood on it.
earlier_customers as (
    select
        orders.company_id,
        orders.customer_id,
        min(orders.currency_code) as currency_code,
        max(orders.order_date) as last_order_date,
        count(*)::integer as frequency,
        sum(orders.net_revenue)::numeric(18, 2) as monetary
    from {{ ref('customers') }} as customers
    inner join companies
        on customers.company_id = companies.company_id
    inner join {{ ref('orders') }} as orders
        on
            customers.company_id = orders.company_id
            and customers.customer_id = orders.customer_id
            and companies.as_of_date >= orders.order_date
    where
        {{ is_in_scope('customers.company_id') }}
        and customers.last_order_date > companies.as_of_date
        and orders.is_purchase
    group by orders.company_id, orders.customer_id
),

customers as (
    select * from unchanged_customers
    union all
    select * from earlier_customers
),

{{ rfm_segmented() }}

select * from segmented
