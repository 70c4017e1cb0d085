with reported as (
    select * from {{ ref('stg_zoom__participants') }}
    where coalesce(status, '') != 'in_waiting_room'
),

webinars as (
    select * from {{ ref('int_zoom_webinars') }}
),

moved as (
    select
        *,
        coalesce(left_at, joined_at, occurred_at) as moved_at
    from {{ ref('stg_webhooks__zoom_events') }}
    where
        webinar_event in ('participant_joined', 'participant_left')
        and instance_id is not null
        and device_id is not null
        and member_id is distinct from host_id
),

-- On a device, what comes next ends the visit: leaving, or coming in again.
followed as (
    select
        *,
        lead(moved_at) over (
            partition by company_id, instance_id, device_id
            order by moved_at, webinar_event
        ) as next_moved_at
    from moved
),

live as (
    select distinct on (company_id, instance_id, device_id, moved_at)
        company_id,
        instance_id,
        webinar_number,
        device_id,
        registrant_id,
        email_hash,
        moved_at,
        next_moved_at
    from followed
    where webinar_event = 'participant_joined'
    order by company_id, instance_id, device_id, moved_at, event_key
),

-- The report corrects what was told meanwhile.
told as (
    select
        company_id,
        instance_id,
        webinar_number,
        user_id as device_id,
        registrant_id,
        email_hash,
        joined_at,
        left_at
    from reported
    union all
    select
        company_id,
        instance_id,
        webinar_number,
        device_id,
        registrant_id,
        email_hash,
        moved_at as joined_at,
        next_moved_at as left_at
    from live
    where
        not exists (
            select 1
            from reported
            where
                live.company_id = reported.company_id
                and live.instance_id = reported.instance_id
        )
),

named as (
    select
        told.*,
        {{ zoom_webinar_id('webinars', 'told.instance_id') }} as webinar_id
    from told
    inner join webinars
        on
            told.company_id = webinars.company_id
            and told.webinar_number = webinars.webinar_number
    where {{ zoom_is_guest('told') }}
)

select * from named
