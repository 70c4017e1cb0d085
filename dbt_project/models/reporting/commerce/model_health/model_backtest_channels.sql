with grades as (
    select * from {{ source('predictions', 'backtest_channels') }}
),

origins as (
    select
        company_id,
        model_version,
        origin_date
    from {{ ref('model_backtests') }}
    where model = 'chosen'
),

channels as (
    select * from {{ ref('channels') }}
),

joined as (
    select
        grades.company_id,
        grades.model_version,
        grades.origin_date,
        grades.channel_id,
        coalesce(channels.label_es, grades.channel_id) as channel_label_es,
        coalesce(channels.label_en, grades.channel_id) as channel_label_en,
        grades.horizon_days,
        grades.customer_count,
        grades.expected_value,
        grades.expected_value_lower,
        grades.expected_value_upper,
        grades.actual_value,
        grades.actual_value between grades.expected_value_lower
        and grades.expected_value_upper as is_value_total_inside,
        grades.currency_code
    from grades
    inner join origins
        on
            grades.company_id = origins.company_id
            and grades.model_version = origins.model_version
            and grades.origin_date = origins.origin_date
    left join channels
        on grades.channel_id = channels.channel_id
)

select * from joined
