with backtests as (
    select * from {{ source('predictions', 'backtests') }}
),

last_computed as (
    select
        company_id,
        model_version,
        max(computed_at) as computed_at
    from {{ source('predictions', 'backtests') }}
    group by company_id, model_version
),

versions as (
    select
        company_id,
        model_version,
        row_number() over (
            partition by company_id
            order by computed_at desc, model_version desc
        ) as recency_rank
    from last_computed
),

compared as (
    select
        backtests.company_id,
        backtests.model_version,
        backtests.origin_date,
        backtests.model,
        backtests.horizon_days,
        backtests.chosen_model,
        backtests.customer_count,
        backtests.expected_orders,
        backtests.expected_orders_lower,
        backtests.expected_orders_upper,
        backtests.actual_orders,
        backtests.actual_orders between backtests.expected_orders_lower
        and backtests.expected_orders_upper as is_orders_total_inside,
        backtests.expected_value,
        backtests.expected_value_lower,
        backtests.expected_value_upper,
        backtests.actual_value,
        backtests.actual_value between backtests.expected_value_lower
        and backtests.expected_value_upper as is_value_total_inside,
        backtests.currency_code,
        backtests.mae,
        backtests.rmse,
        backtests.bias,
        backtests.value_mae,
        backtests.value_bias,
        backtests.brier,
        backtests.log_loss,
        backtests.auc,
        backtests.calibration_error,
        backtests.orders_coverage,
        backtests.value_coverage,
        backtests.next_order_share,
        backtests.next_order_mae,
        backtests.next_order_coverage,
        backtests.computed_at
    from backtests
    inner join versions
        on
            backtests.company_id = versions.company_id
            and backtests.model_version = versions.model_version
            and versions.recency_rank = 1
)

select * from compared
