with
{{ newest_rows(
    'events', ref('stg_files__product_events'), ['message_id'],
    also=[ref('stg_webhooks__product_events')],
    columns=product_event_columns()
) }},

-- A clock that ran ahead of who received it says nothing.
judged as (
    select
        company_id,
        message_id,
        event_kind,
        event, -- noqa: RF04
        user_id,
        anonymous_id,
        account_id,
        feature,
        session_id,
        platform,
        duration_seconds,
        is_internal,
        occurred_at,
        received_at,
        loaded_at,
        case
            when is_internal then 'internal'
            when occurred_at > received_at + interval '24 hours'
                then 'clock_ahead'
            when user_id is null then 'no_person'
        end as flaw
    from events
)

select * from judged
