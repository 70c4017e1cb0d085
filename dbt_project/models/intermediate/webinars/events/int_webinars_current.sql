with
{{ newest_rows('webinars', ref('stg_files__webinars'), ['webinar_id']) }},

dated as (
    select
        company_id,
        webinar_id,
        coalesce(title, webinar_id) as title,
        series,
        starts_at,
        -- An end before the start says nothing.
        case
            when ends_at > starts_at then ends_at
            when length_minutes > 0
                then starts_at + length_minutes * interval '1 minute'
        end as ends_at,
        poll_count,
        has_chat,
        has_questions,
        has_offer,
        has_survey,
        competitor_activity_score,
        weather_factor,
        news_sentiment,
        economic_indicators
    from webinars
    -- Of a webinar that Zoom tells of, no file counts.
    where {{ not_of_zoom('webinars') }} and not is_cancelled
    union all
    select
        company_id,
        webinar_id,
        title,
        series,
        starts_at,
        ends_at,
        null::bigint as poll_count,
        null::boolean as has_chat,
        null::boolean as has_questions,
        null::boolean as has_offer,
        null::boolean as has_survey,
        null::double precision as competitor_activity_score,
        null::double precision as weather_factor,
        null::double precision as news_sentiment,
        null::double precision as economic_indicators
    from {{ ref('int_zoom_dates') }}
),

joined as (
    select
        dated.*,
        told.webinar_id is not null as is_attendance_told
    from dated
    left join {{ ref('int_webinars_told') }} as told
        on
            dated.company_id = told.company_id
            and dated.webinar_id = told.webinar_id
)

select * from joined
