with customers as (
    select * from {{ ref('customer_values') }}
    where predicted_value_12m is not null
),

quiet as (
    select * from {{ ref('customer_inactivity') }}
    where is_overdue
),

joined as (
    select
        customers.company_id,
        row_number() over (
            partition by customers.company_id
            order by
                customers.predicted_value_12m desc,
                customers.historic_value desc,
                customers.customer_id asc
        )::integer as risk_rank,
        customers.customer_id,
        customers.currency_code,
        customers.predicted_value_12m,
        customers.predicted_value_12m_lower,
        customers.predicted_value_12m_upper,
        customers.historic_value,
        customers.probability_no_purchase_90d,
        quiet.last_order_date,
        quiet.days_since_last_order,
        quiet.threshold_days,
        quiet.threshold_source,
        quiet.as_of_date
    from customers
    inner join quiet
        on
            customers.company_id = quiet.company_id
            and customers.customer_id = quiet.customer_id
),

first_hundred as (
    select * from joined
    where risk_rank <= 100
)

select * from first_hundred
