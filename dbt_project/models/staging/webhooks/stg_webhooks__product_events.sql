with events as (
    select
        *,
        payload -> 'context' as context,
        payload -> 'properties' as properties,
        (payload ->> 'receivedAt')::timestamptz as taken_at,
        (payload ->> 'sentAt')::timestamptz as sent_at,
        (payload ->> 'originalTimestamp')::timestamptz as noted_at
    from {{ source('webhooks', 'events') }}
    where sender = 'segment' and event_id is not null
),

-- Where the sender did not correct the clock, what it was off at sending does.
renamed as (
    select distinct on (company_id, event_id)
        company_id,
        event_id as message_id,
        event_type as event_kind,
        coalesce(payload ->> 'event', payload ->> 'name', '')
            as event, -- noqa: RF04
        nullif(payload ->> 'userId', '') as user_id,
        nullif(payload ->> 'anonymousId', '') as anonymous_id,
        coalesce(
            nullif(context ->> 'groupId', ''),
            nullif(payload ->> 'groupId', ''),
            nullif(properties ->> 'account_id', '')
        ) as account_id,
        nullif(properties ->> 'feature', '') as feature,
        coalesce(
            nullif(context ->> 'sessionId', ''),
            nullif(properties ->> 'session_id', '')
        ) as session_id,
        nullif(context ->> 'platform', '') as platform,

        case jsonb_typeof(properties -> 'duration_s')
            when 'number' then (properties ->> 'duration_s')::numeric(24, 6)
        end as duration_seconds,

        false as is_internal,

        coalesce(
            occurred_at,
            coalesce(taken_at, received_at) - (sent_at - noted_at),
            noted_at,
            taken_at,
            received_at
        ) as occurred_at,
        coalesce(taken_at, received_at) as received_at,
        received_at as loaded_at
    from events
    order by
        company_id asc,
        event_id asc,
        received_at asc,
        connection_id asc
)

select * from renamed
