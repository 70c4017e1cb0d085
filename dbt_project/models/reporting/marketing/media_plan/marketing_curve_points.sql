with points as (
    select * from {{ source('predictions', 'marketing_curve_points') }}
),

channels as (
    select * from {{ ref('channels') }}
),

labelled as (
    select
        points.company_id,
        points.outcome_unit,
        points.channel_id,
        coalesce(channels.label_es, points.channel_id) as channel_label_es,
        coalesce(channels.label_en, points.channel_id) as channel_label_en,
        points.point,
        points.spend,
        points.expected,
        points.expected_lower,
        points.expected_upper,
        points.marginal_return,
        points.is_current,
        points.is_observed,
        points.as_of_date
    from points
    left join channels
        on points.channel_id = channels.channel_id
)

select * from labelled
