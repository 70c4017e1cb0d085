with customers as (
    select * from {{ ref('customer_values') }}
    where probability_alive is not null
),

-- The prediction is already multiplied by the chance that the customer is
-- still there, so that somebody who leaves is never worth much in it: what they
-- would be worth if they stayed is what there is to lose. A prediction made
-- before that was told has none, and loses nothing.
valued as (
    select
        customers.company_id,
        customers.customer_id,
        customers.as_of_date,
        customers.prediction_as_of_date,
        customers.currency_code,
        customers.last_order_date,
        customers.as_of_date - customers.last_order_date
            as days_since_last_order,
        customers.order_count,
        customers.historic_value,
        customers.predicted_value_12m,
        coalesce(customers.value_if_active_12m, customers.predicted_value_12m)
            as value_if_active_12m,
        customers.probability_alive,
        customers.probability_no_purchase_90d,
        customers.expected_orders_90d,
        companies.inactivity_days,
        companies.at_risk_threshold,
        companies.critical_threshold
    from customers
    inner join {{ ref('companies') }} as companies
        on customers.company_id = companies.company_id
),

ranked as (
    select
        *,
        percent_rank() over (
            partition by company_id order by historic_value
        ) as historic_percentile,
        percent_rank() over (
            partition by company_id order by value_if_active_12m
        ) as predicted_percentile,
        days_since_last_order > inactivity_days
        and probability_no_purchase_90d >= at_risk_threshold as is_at_risk,
        days_since_last_order > inactivity_days
        and probability_no_purchase_90d >= critical_threshold as is_critical
    from valued
),

matched as (
    select
        ranked.*,
        rules.segment_id,
        rules.label_es as segment_label_es,
        rules.label_en as segment_label_en,
        row_number() over (
            partition by ranked.company_id, ranked.customer_id
            order by rules.priority
        ) as match_rank
    from ranked
    inner join {{ ref('value_segment_rules') }} as rules
        on
            (ranked.is_at_risk or not rules.requires_at_risk)
            and greatest(
                ranked.historic_percentile, ranked.predicted_percentile
            ) >= coalesce(rules.min_value_percentile, 0)
            and ranked.predicted_percentile
            >= coalesce(rules.min_predicted_percentile, 0)
            and ranked.probability_alive
            > coalesce(rules.above_probability_alive, -1)
            and ranked.expected_orders_90d
            > coalesce(rules.above_expected_orders_90d, -1)
),

segmented as (
    select
        company_id,
        customer_id,
        segment_id,
        segment_label_es,
        segment_label_en,
        is_at_risk,
        is_critical,
        case
            when is_critical then 'high'
            when is_at_risk then 'medium'
            else 'low'
        end as risk_band,
        as_of_date,
        prediction_as_of_date,
        currency_code,
        last_order_date,
        days_since_last_order,
        order_count,
        historic_value,
        predicted_value_12m,
        value_if_active_12m,
        historic_percentile,
        predicted_percentile,
        probability_alive,
        probability_no_purchase_90d,
        expected_orders_90d
    from matched
    where match_rank = 1
)

select * from segmented
