with summaries as (
    select * from {{ ref('customer_summaries') }}
),

companies as (
    select
        company_id,
        currency_code,
        inactivity_days
    from {{ ref('companies') }}
),

buyers as (
    select * from {{ ref('customer_values') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_purchase
),

-- Whether a customer came back is known inactivity_days after the first order.
due as (
    select
        summaries.company_id,
        summaries.customer_id,
        summaries.as_of_date,
        summaries.first_order_date,
        summaries.first_order_date + companies.inactivity_days as due_date,
        companies.inactivity_days
    from summaries
    inner join companies
        on summaries.company_id = companies.company_id
),

recent as (
    select * from due
    where due_date > as_of_date - 60 and due_date <= as_of_date
),

returned as (
    select distinct
        recent.company_id,
        recent.customer_id
    from recent
    inner join orders
        on
            recent.company_id = orders.company_id
            and recent.customer_id = orders.customer_id
            and recent.first_order_date < orders.order_date
            and recent.due_date >= orders.order_date
),

judged as (
    select
        recent.company_id,
        recent.as_of_date,
        recent.inactivity_days,
        recent.due_date > recent.as_of_date - 30 as is_now,
        returned.customer_id is null as is_lost
    from recent
    left join returned
        on
            recent.company_id = returned.company_id
            and recent.customer_id = returned.customer_id
),

counted as (
    select
        company_id,
        max(as_of_date) as as_of_date,
        max(inactivity_days) as inactivity_days,
        (count(*) filter (where is_now))::integer as customer_count,
        (count(*) filter (where is_now and is_lost))::integer as lost_count,
        (count(*) filter (where not is_now))::integer as customer_count_before,
        (count(*) filter (where not is_now and is_lost))::integer
            as lost_count_before
    from judged
    group by company_id
),

rated as (
    select
        *,
        lost_count::double precision / nullif(customer_count, 0) as churn_rate,
        lost_count_before::double precision / nullif(customer_count_before, 0)
            as churn_rate_before
    from counted
),

-- Of 90 %.
bounded as (
    select
        *,
        {{ wilson_bound('churn_rate', 'customer_count', '-', 1.645) }}
            as churn_rate_lower,
        {{ wilson_bound('churn_rate', 'customer_count', '+', 1.645) }}
            as churn_rate_upper,
        {{ wilson_bound(
            'churn_rate_before', 'customer_count_before', '-', 1.645
        ) }} as churn_rate_before_lower,
        {{ wilson_bound(
            'churn_rate_before', 'customer_count_before', '+', 1.645
        ) }} as churn_rate_before_upper
    from rated
),

compared as (
    select
        *,
        churn_rate - churn_rate_before as churn_rate_change,
        {{ newcombe_bound('churn_rate', 'churn_rate_before', '-') }}
            as churn_rate_change_lower,
        {{ newcombe_bound('churn_rate', 'churn_rate_before', '+') }}
            as churn_rate_change_upper
    from bounded
),

-- What one who bought once is worth as long as they stay.
worth as (
    select
        company_id,
        avg(coalesce(value_if_active_12m, predicted_value_12m)) as mean_value
    from buyers
    where frequency = 0
    group by company_id
),

valued as (
    select
        compared.company_id,
        compared.as_of_date,
        compared.inactivity_days,
        compared.customer_count,
        compared.lost_count,
        compared.churn_rate,
        compared.customer_count_before,
        compared.lost_count_before,
        compared.churn_rate_before,
        compared.churn_rate_change,
        compared.churn_rate_change_lower,
        compared.churn_rate_change_upper,
        (
            compared.churn_rate_change
            * compared.customer_count * worth.mean_value
        )::numeric(18, 2) as value_lost,
        (
            compared.churn_rate_change_lower
            * compared.customer_count * worth.mean_value
        )::numeric(18, 2) as value_lost_lower,
        (
            compared.churn_rate_change_upper
            * compared.customer_count * worth.mean_value
        )::numeric(18, 2) as value_lost_upper,
        companies.currency_code
    from compared
    inner join companies
        on compared.company_id = companies.company_id
    left join worth
        on compared.company_id = worth.company_id
)

select * from valued
