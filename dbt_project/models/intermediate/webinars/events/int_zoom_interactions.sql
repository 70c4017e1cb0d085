with webinars as (
    select * from {{ ref('int_zoom_webinars') }}
),

-- A device is somebody's, whether the message says so or not.
devices as (
    select distinct on (company_id, instance_id, device_id)
        company_id,
        instance_id,
        device_id,
        registrant_id,
        email_hash
    from {{ ref('int_zoom_visits') }}
    order by
        company_id,
        instance_id,
        device_id,
        registrant_id nulls last,
        email_hash nulls last,
        joined_at
),

-- A message that is delivered twice is one.
messages as (
    select distinct on (company_id, instance_id, message_id)
        company_id,
        instance_id,
        webinar_number,
        device_id,
        email_hash,
        written_at,
        occurred_at
    from {{ ref('stg_webhooks__zoom_events') }}
    where
        webinar_event = 'chat_message_sent'
        and coalesce(sender_type, '') not in ('host', 'alt_host', 'panelist')
    order by company_id, instance_id, message_id, received_at, event_key
),

told as (
    select
        company_id,
        instance_id,
        webinar_number,
        'poll' as kind,
        null::text as device_id,
        email_hash,
        poll_id,
        answered_at as occurred_at
    from {{ ref('stg_zoom__polls') }}
    union all
    select
        company_id,
        instance_id,
        webinar_number,
        'question' as kind,
        null::text as device_id,
        email_hash,
        null::text as poll_id,
        asked_at as occurred_at
    from {{ ref('stg_zoom__questions') }}
    union all
    select
        company_id,
        instance_id,
        webinar_number,
        'chat' as kind,
        device_id,
        email_hash,
        null::text as poll_id,
        coalesce(written_at, occurred_at) as occurred_at
    from messages
),

named as (
    select
        told.company_id,
        {{ zoom_webinar_id('webinars', 'told.instance_id') }} as webinar_id,
        told.kind,
        devices.registrant_id,
        coalesce(told.email_hash, devices.email_hash) as email_hash,
        told.device_id,
        told.poll_id,
        told.occurred_at
    from told
    inner join webinars
        on
            told.company_id = webinars.company_id
            and told.webinar_number = webinars.webinar_number
    left join devices
        on
            told.company_id = devices.company_id
            and told.instance_id = devices.instance_id
            and told.device_id = devices.device_id
    where {{ zoom_is_guest('told') }}
)

select * from named
