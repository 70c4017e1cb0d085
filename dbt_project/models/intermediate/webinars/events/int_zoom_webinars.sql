with listed as (
    select * from {{ ref('stg_zoom__webinars') }}
),

events as (
    select * from {{ ref('stg_webhooks__zoom_events') }}
),

-- What the list says, else what was changed last, else what any event tells.
told as (
    select
        company_id,
        webinar_number,
        topic,
        webinar_type,
        starts_at,
        length_minutes,
        1 as place,
        read_at as told_at
    from listed
    union all
    select
        company_id,
        webinar_number,
        topic,
        webinar_type,
        starts_at,
        length_minutes,
        case
            when webinar_event in ('created', 'updated') then 2
            else 3
        end as place,
        occurred_at as told_at
    from events
    where starts_at is not null or webinar_type is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, webinar_number
            order by
                place asc,
                -- Of other events, the first: an end tells no other start.
                case when place = 3 then told_at end asc,
                told_at desc,
                starts_at asc
        ) as place_rank,
        bool_or(webinar_type in (6, 9)) over (
            partition by company_id, webinar_number
        ) as has_several
    from told
),

chosen as (
    select
        company_id,
        webinar_number,
        topic,
        coalesce(has_several, false) as is_series,
        starts_at,
        length_minutes
    from ranked
    where place_rank = 1
)

select * from chosen
