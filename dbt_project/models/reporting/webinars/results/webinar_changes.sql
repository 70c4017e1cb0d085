with trends as (
    select * from {{ ref('webinar_trends') }}
),

named as (
    select
        company_id,
        webinar_id,
        calendar_date,
        registrant_count,
        engagement_mean as last_engagement,
        engagement_count,
        past_webinar_count,
        past_show_ratio,
        attendance_drop_ratio
    from trends
)

select * from named
