with tracking as (
    select * from {{ source('predictions', 'backtest_tracking') }}
),

origins as (
    select
        company_id,
        model_version,
        origin_date,
        horizon_days
    from {{ ref('model_backtests') }}
    where model = 'chosen'
),

joined as (
    select
        tracking.company_id,
        tracking.model_version,
        tracking.origin_date,
        tracking.days,
        origins.horizon_days,
        tracking.origin_date + tracking.days as through_date,
        tracking.expected_orders,
        tracking.expected_orders_lower,
        tracking.expected_orders_upper,
        tracking.actual_orders
    from tracking
    inner join origins
        on
            tracking.company_id = origins.company_id
            and tracking.model_version = origins.model_version
            and tracking.origin_date = origins.origin_date
)

select * from joined
