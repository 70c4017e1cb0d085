with deciles as (
    select * from {{ source('predictions', 'backtest_deciles') }}
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
        deciles.company_id,
        deciles.model_version,
        deciles.origin_date,
        deciles.decile,
        origins.horizon_days,
        deciles.customer_count,
        deciles.predicted_share,
        deciles.actual_share
    from deciles
    inner join origins
        on
            deciles.company_id = origins.company_id
            and deciles.model_version = origins.model_version
            and deciles.origin_date = origins.origin_date
)

select * from joined
