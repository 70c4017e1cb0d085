with customers as (
    select * from {{ ref('customer_values') }}
),

companies as (
    select
        company_id,
        inactivity_days
    from {{ ref('companies') }}
),

-- One purchase shows no rhythm: what the company says holds for its customer.
told as (
    select
        customers.company_id,
        customers.customer_id,
        customers.as_of_date,
        customers.last_order_date,
        customers.as_of_date - customers.last_order_date
            as days_since_last_order,
        case
            when customers.frequency > 0 then customers.order_gap_p90_days
        end as own_gap_days,
        companies.inactivity_days
    from customers
    inner join companies
        on customers.company_id = companies.company_id
),

judged as (
    select
        company_id,
        customer_id,
        as_of_date,
        last_order_date,
        days_since_last_order,
        coalesce(own_gap_days, inactivity_days) as threshold_days,
        case
            when own_gap_days is null then 'company_setting'
            else 'own_rhythm'
        end as threshold_source,
        days_since_last_order
        > coalesce(own_gap_days, inactivity_days) as is_overdue
    from told
)

select * from judged
