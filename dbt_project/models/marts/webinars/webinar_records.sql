with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

webinars as (
    select
        told.*,
        (told.starts_at at time zone companies.time_zone)::date as start_date
    from {{ ref('int_webinars_current') }} as told
    inner join companies
        on told.company_id = companies.company_id
    where
        {{ is_in_scope('told.company_id') }}
        and {{ is_changed('told.webinar_id', 'told.company_id') }}
),

visits as (
    select
        company_id,
        webinar_id,
        max(left_at) as last_left_at
    from {{ ref('webinar_visits') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('webinar_id') }}
        and not is_on_demand
    group by company_id, webinar_id
),

interactions as (
    select
        company_id,
        webinar_id,
        count(distinct coalesce(poll_id, '')) filter (
            where kind = 'poll'
        ) as seen_poll_count,
        bool_or(kind = 'chat') as has_chat,
        bool_or(kind = 'question') as has_questions,
        bool_or(kind = 'cta') as has_offer,
        bool_or(kind = 'survey') as has_survey
    from {{ ref('webinar_interactions') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
    group by company_id, webinar_id
),

joined as (
    select
        webinars.company_id,
        webinars.webinar_id,
        webinars.title,
        coalesce(webinars.series, 'webinar/' || webinars.webinar_id)
            as series,
        webinars.starts_at,
        coalesce(
            webinars.ends_at,
            nullif(
                greatest(visits.last_left_at, webinars.starts_at),
                webinars.starts_at
            )
        ) as ends_at,
        greatest(
            webinars.poll_count, coalesce(interactions.seen_poll_count, 0)
        )::integer as poll_count,
        -- What was done was possible, whatever the file says.
        (webinars.has_chat or interactions.has_chat) is true as has_chat,
        (webinars.has_questions or interactions.has_questions) is true
            as has_questions,
        (webinars.has_offer or interactions.has_offer) is true as has_offer,
        (webinars.has_survey or interactions.has_survey) is true as has_survey,
        webinars.is_attendance_told,
        webinars.competitor_activity_score,
        webinars.weather_factor,
        webinars.news_sentiment,
        webinars.economic_indicators,
        webinars.start_date
    from webinars
    left join visits
        on
            webinars.company_id = visits.company_id
            and webinars.webinar_id = visits.webinar_id
    left join interactions
        on
            webinars.company_id = interactions.company_id
            and webinars.webinar_id = interactions.webinar_id
),

measured as (
    select
        *,
        (extract(epoch from ends_at - starts_at) / 60)::numeric(10, 2)
            as length_minutes
    from joined
)

select * from measured
