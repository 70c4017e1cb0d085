{%- set window_days = 7 -%}
with events as (
    select * from {{ ref('int_message_events_identified') }}
),

conversions as (
    select
        company_id,
        person_id,
        event_id,
        occurred_at
    from {{ ref('int_community_events_identified') }}
    where
        event_kind = 'conversion'
        and person_id is not null
),

-- The last click before a conversion has it, by whichever channel.
touches as (
    select
        conversions.company_id,
        events.campaign_id,
        events.channel,
        events.recipient_id,
        row_number() over (
            partition by conversions.company_id, conversions.event_id
            order by events.occurred_at desc, events.message_id asc
        ) as touch_rank
    from conversions
    inner join events
        on
            conversions.company_id = events.company_id
            and conversions.person_id = events.person_id
            and conversions.occurred_at > events.occurred_at
            and conversions.occurred_at
            <= events.occurred_at + interval '{{ window_days }} days'
    where events.message_event = 'clicked' and events.is_human
),

converted as (
    select
        company_id,
        campaign_id,
        channel,
        count(distinct recipient_id) as converted_count
    from touches
    where touch_rank = 1
    group by company_id, campaign_id, channel
)

select * from converted
