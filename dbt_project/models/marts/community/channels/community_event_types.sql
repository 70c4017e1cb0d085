with events as (
    select * from {{ ref('int_community_events_identified') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        company_id,
        event_type,
        min(event_kind) as event_kind,
        count(*)::integer as event_count,
        max(event_date) as last_event_date
    from events
    group by company_id, event_type
)

select * from counted
