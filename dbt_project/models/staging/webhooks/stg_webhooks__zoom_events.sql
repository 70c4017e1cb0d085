with events as (
    select
        *,
        payload -> 'object' as webinar,
        payload -> 'object' -> 'participant' as participant,
        payload -> 'object' -> 'registrant' as registrant,
        payload -> 'object' -> 'chat_message' as message
    from {{ source('webhooks', 'events') }}
    where sender = 'zoom' and starts_with(event_type, 'webinar.')
),

renamed as (
    select
        company_id,
        connection_id,
        event_key,
        substr(event_type, length('webinar.') + 1) as webinar_event,
        webinar ->> 'id' as webinar_number,
        nullif(webinar ->> 'uuid', '') as instance_id,
        nullif(webinar ->> 'topic', '') as topic,
        webinar ->> 'host_id' as host_id,
        nullif(
            coalesce(registrant ->> 'id', participant ->> 'registrant_id'), ''
        ) as registrant_id,
        coalesce(
            {{ hashed_email("registrant ->> 'email'") }},
            {{ hashed_email("participant ->> 'email'") }},
            {{ hashed_email("message ->> 'sender_email'") }}
        ) as email_hash,
        nullif(
            coalesce(
                participant ->> 'user_id', message ->> 'sender_session_id'
            ),
            ''
        ) as device_id,
        nullif(participant ->> 'id', '') as member_id,
        lower(message ->> 'sender_type') as sender_type,
        event_id as message_id,
        registrant ->> 'status' as registrant_status,
        nullif(trim(registrant ->> 'industry'), '') as industry,
        nullif(trim(registrant ->> 'no_of_employees'), '') as company_size,
        {{ job_level("registrant ->> 'job_title'") }} as job_level,
        (webinar ->> 'type')::integer as webinar_type,
        (webinar ->> 'duration')::integer as length_minutes,
        nullif(webinar ->> 'start_time', '')::timestamptz as starts_at,
        nullif(webinar ->> 'end_time', '')::timestamptz as ends_at,
        nullif(participant ->> 'join_time', '')::timestamptz as joined_at,
        nullif(participant ->> 'leave_time', '')::timestamptz as left_at,
        nullif(message ->> 'date_time', '')::timestamptz as written_at,
        occurred_at,
        received_at
    from events
)

select * from renamed
where webinar_number is not null
