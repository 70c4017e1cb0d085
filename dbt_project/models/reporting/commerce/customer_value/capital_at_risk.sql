with segments as (
    select * from {{ ref('customer_value_segment_totals') }}
),

customers as (
    select * from {{ ref('customer_value_segments') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_purchase
),

companies as (
    select * from {{ ref('companies') }}
),

history as (
    select * from {{ source('predictions', 'predictions_customer_history') }}
    where probability_alive is not null
),

fits as (
    select * from {{ source('predictions', 'model_fits') }}
    where not is_replayed and status = 'published'
),

predicted as (
    select
        company_id,
        max(as_of_date) as as_of_date,
        max(model_version) as model_version
    from {{ source('predictions', 'predictions_customer') }}
    group by company_id
),

totalled as (
    select
        company_id,
        sum(value_at_risk)::numeric(18, 2) as capital_at_risk
    from segments
    group by company_id
),

counted as (
    select
        company_id,
        max(currency_code) as currency_code,
        max(as_of_date) as as_of_date,
        max(prediction_as_of_date) as prediction_as_of_date,
        count(*)::integer as customer_count,
        (count(*) filter (where is_critical))::integer
            as critical_customer_count
    from customers
    group by company_id
),

spent as (
    select
        customers.company_id,
        sum(orders.net_revenue)::numeric(18, 2) as historic_spend_12m
    from customers
    inner join orders
        on
            customers.company_id = orders.company_id
            and customers.customer_id = orders.customer_id
            and customers.as_of_date >= orders.order_date
            and customers.as_of_date - 365 < orders.order_date
    where customers.is_critical
    group by customers.company_id
),

-- A week ago.
earlier as (
    {{ earlier_fit(7, 13) }}
),

-- As value_at_risk of customer_value_segment_totals, of who was critical then.
before as (
    select
        history.company_id,
        max(earlier.compared_date) as compared_date,
        coalesce(
            sum(
                coalesce(
                    history.value_if_active_12m, history.predicted_value_12m
                ) - history.predicted_value_12m
            ) filter (
                where
                history.age_days - history.recency_days
                > companies.inactivity_days
                and history.probability_no_purchase_90d
                >= companies.critical_threshold
            ),
            0
        )::numeric(18, 2) as capital_at_risk_before
    from history
    inner join earlier
        on
            history.company_id = earlier.company_id
            and history.fit_id = earlier.fit_id
    inner join companies
        on history.company_id = companies.company_id
    group by history.company_id
),

joined as (
    select
        counted.company_id,
        counted.currency_code,
        counted.as_of_date,
        counted.prediction_as_of_date,
        counted.customer_count,
        counted.critical_customer_count,
        companies.critical_threshold,
        companies.inactivity_days,
        totalled.capital_at_risk,
        coalesce(spent.historic_spend_12m, 0)::numeric(18, 2)
            as historic_spend_12m,
        before.compared_date,
        before.capital_at_risk_before,
        (totalled.capital_at_risk - before.capital_at_risk_before)
        ::numeric(18, 2) as capital_at_risk_change
    from counted
    inner join companies
        on counted.company_id = companies.company_id
    inner join totalled
        on counted.company_id = totalled.company_id
    left join spent
        on counted.company_id = spent.company_id
    left join before
        on counted.company_id = before.company_id
)

select * from joined
