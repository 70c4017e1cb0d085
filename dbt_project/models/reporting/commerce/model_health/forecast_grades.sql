with forecasts as (
    select * from {{ source('predictions', 'forecast_totals') }}
),

grades as (
    select * from {{ source('predictions', 'forecast_grades') }}
),

joined as (
    select
        forecasts.company_id,
        forecasts.fit_id,
        forecasts.horizon_days,
        forecasts.as_of_date,
        forecasts.due_date,
        forecasts.model_version,
        forecasts.status as prediction_status,
        forecasts.customer_count,
        forecasts.expected_orders,
        forecasts.expected_orders_lower,
        forecasts.expected_orders_upper,
        grades.actual_orders,
        forecasts.expected_orders / nullif(grades.actual_orders, 0) - 1
            as orders_error_share,
        grades.is_orders_total_inside,
        forecasts.expected_value,
        forecasts.expected_value_lower,
        forecasts.expected_value_upper,
        grades.actual_value,
        (forecasts.expected_value / nullif(grades.actual_value, 0) - 1)
        ::double precision as value_error_share,
        grades.is_value_total_inside,
        forecasts.currency_code,
        grades.mae,
        grades.rmse,
        grades.brier,
        grades.log_loss,
        grades.auc,
        grades.calibration_error,
        grades.orders_coverage,
        grades.fit_id is not null as is_graded,
        forecasts.made_at,
        grades.graded_at
    from forecasts
    left join grades
        on
            forecasts.company_id = grades.company_id
            and forecasts.fit_id = grades.fit_id
            and forecasts.horizon_days = grades.horizon_days
)

select * from joined
