with webinars as (
    select * from {{ ref('int_zoom_webinars') }}
),

events as (
    select * from {{ ref('stg_webhooks__zoom_events') }}
),

held as (
    select
        company_id,
        webinar_number,
        uuid as instance_id,
        started_at as starts_at,
        null::timestamptz as ends_at
    from {{ ref('stg_zoom__instances') }}
    union all
    select
        company_id,
        webinar_number,
        instance_id,
        starts_at,
        ends_at
    from events
    where
        instance_id is not null
        and webinar_event in ('started', 'ended', 'participant_joined')
),

dates as (
    select
        company_id,
        webinar_number,
        instance_id,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from held
    group by company_id, webinar_number, instance_id
),

endings as (
    select
        company_id,
        webinar_number,
        max(ends_at) as ends_at
    from dates
    group by company_id, webinar_number
),

named as (
    -- What is interrupted and goes on has two uuids and is one webinar.
    select
        webinars.company_id,
        webinars.webinar_number as webinar_id,
        webinars.topic as title,
        null::text as series,
        webinars.starts_at,
        webinars.length_minutes,
        endings.ends_at
    from webinars
    left join endings
        on
            webinars.company_id = endings.company_id
            and webinars.webinar_number = endings.webinar_number
    where not webinars.is_series
    union all
    select
        webinars.company_id,
        {{ zoom_webinar_id('webinars', 'dates.instance_id') }} as webinar_id,
        webinars.topic as title,
        'zoom/' || webinars.webinar_number as series,
        dates.starts_at,
        webinars.length_minutes,
        dates.ends_at
    from dates
    inner join webinars
        on
            dates.company_id = webinars.company_id
            and dates.webinar_number = webinars.webinar_number
    where webinars.is_series
),

dated as (
    select
        company_id,
        webinar_id,
        coalesce(title, webinar_id) as title,
        series,
        starts_at,
        -- An end before the start is that of a rehearsal.
        case
            when ends_at > starts_at then ends_at
            when length_minutes > 0
                then starts_at + length_minutes * interval '1 minute'
        end as ends_at
    from named
    where starts_at is not null
)

select * from dated
