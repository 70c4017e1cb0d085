with summaries as (
    select * from {{ ref('customer_summaries') }}
),

predictions as (
    select * from {{ source('predictions', 'predictions_customer') }}
),

joined as (
    select
        summaries.company_id,
        summaries.customer_id,
        row_number() over (
            partition by summaries.company_id
            order by
                predictions.predicted_value_12m desc nulls last,
                summaries.historic_value desc,
                summaries.customer_id asc
        )::integer as value_rank,
        summaries.as_of_date,
        summaries.data_through_date,
        summaries.currency_code,
        summaries.first_order_date,
        summaries.last_order_date,
        summaries.order_count,
        summaries.purchase_day_count,
        summaries.frequency,
        summaries.recency_days,
        summaries.age_days,
        summaries.monetary_value,
        summaries.historic_value,
        summaries.has_outlier_order,
        predictions.probability_alive,
        predictions.probability_no_purchase_90d,
        predictions.expected_orders_30d,
        predictions.expected_orders_90d,
        predictions.expected_orders_365d,
        predictions.expected_order_value,
        predictions.predicted_value_12m,
        predictions.as_of_date as prediction_as_of_date,
        predictions.fit_id,
        predictions.model_version,
        predictions.fitted_at
    from summaries
    left join predictions
        on
            summaries.company_id = predictions.company_id
            and summaries.customer_id = predictions.customer_id
)

select * from joined
