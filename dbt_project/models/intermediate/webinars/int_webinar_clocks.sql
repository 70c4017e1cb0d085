with moments as (
    select
        company_id,
        greatest(joined_at, left_at) as told_at
    from {{ ref('int_webinar_visits_current') }}
    union all
    select
        company_id,
        registered_at as told_at
    from {{ ref('int_webinar_registrants_current') }}
    union all
    select
        company_id,
        occurred_at as told_at
    from {{ ref('stg_webhooks__zoom_events') }}
),

latest as (
    select
        company_id,
        max(told_at) as told_at
    from moments
    group by company_id
)

select * from latest
