with people as (
    select * from {{ ref('webinar_people') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

counted as (
    select
        company_id,
        webinar_id,
        channel_id,
        count(*) filter (where state = 'at_start') as registrant_count,
        count(*) filter (where state = 'late') as late_registrant_count,
        count(*) filter (where state = 'cancelled') as cancelled_count,
        count(*) filter (
            where state = 'at_start' and is_live_attendee
        ) as show_count,
        count(*) filter (where is_live_attendee) as attendee_count,
        count(*) filter (
            where is_live_attendee and state not in ('at_start', 'late')
        ) as unregistered_attendee_count,
        count(*) filter (where is_on_demand_viewer) as on_demand_viewer_count,
        coalesce(sum(live_seconds) filter (where is_live_attendee), 0)
            as live_seconds,
        count(*) filter (where chat_count > 0) as chatter_count,
        count(*) filter (where question_count > 0) as asker_count,
        count(*) filter (where answered_poll_count > 0) as poll_taker_count,
        coalesce(sum(engagement_score), 0)::numeric(18, 2) as engagement_sum,
        count(engagement_score) as engagement_count,
        coalesce(sum(attention_score), 0)::numeric(18, 2) as attention_sum,
        count(attention_score) as attention_count,
        coalesce(sum(satisfaction), 0)::numeric(18, 2) as satisfaction_sum,
        count(satisfaction) as satisfaction_count,
        count(*) filter (where order_count > 0) as conversion_count,
        sum(order_count) as order_count,
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from people
    group by company_id, webinar_id, channel_id
)

select * from counted
