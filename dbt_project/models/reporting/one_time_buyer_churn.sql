with summaries as (
    select * from {{ ref('customer_summaries') }}
),

companies as (
    select
        company_id,
        inactivity_days
    from {{ ref('companies') }}
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

-- Wilson's 90 % interval of each share: its middle and half its width.
spread as (
    select
        *,
        (churn_rate + 1.353 / nullif(customer_count, 0))
        / (1 + 2.706 / nullif(customer_count, 0)) as middle,
        1.645 * sqrt(
            churn_rate * (1 - churn_rate) / nullif(customer_count, 0)
            + 0.6765 / nullif(customer_count, 0) ^ 2
        ) / (1 + 2.706 / nullif(customer_count, 0)) as half,
        (churn_rate_before + 1.353 / nullif(customer_count_before, 0))
        / (1 + 2.706 / nullif(customer_count_before, 0)) as middle_before,
        1.645 * sqrt(
            churn_rate_before * (1 - churn_rate_before)
            / nullif(customer_count_before, 0)
            + 0.6765 / nullif(customer_count_before, 0) ^ 2
        ) / (1 + 2.706 / nullif(customer_count_before, 0)) as half_before
    from rated
),

compared as (
    select
        company_id,
        as_of_date,
        inactivity_days,
        customer_count,
        lost_count,
        churn_rate,
        customer_count_before,
        lost_count_before,
        churn_rate_before,
        churn_rate - churn_rate_before as churn_rate_change,
        churn_rate - churn_rate_before - sqrt(
            (churn_rate - middle + half) ^ 2
            + (middle_before + half_before - churn_rate_before) ^ 2
        ) as churn_rate_change_lower,
        churn_rate - churn_rate_before + sqrt(
            (middle + half - churn_rate) ^ 2
            + (churn_rate_before - middle_before + half_before) ^ 2
        ) as churn_rate_change_upper
    from spread
)

select * from compared
