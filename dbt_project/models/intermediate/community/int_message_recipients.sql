with events as (
    select * from {{ ref('int_message_events_identified') }}
),

-- People, not events. Who opened, clicked or replied had it delivered: receipts
-- of delivery may be lost, and may be switched off.
recipients as (
    select
        company_id,
        campaign_id,
        channel,
        recipient_id,
        min(event_date) as first_date,
        bool_or(message_event in ('delivered', 'opened', 'clicked', 'replied'))
            as is_delivered,
        bool_or(message_event = 'delivered') as is_delivery_told,
        bool_or(message_event = 'opened') as is_opened,
        bool_or(message_event = 'opened' and is_human) as is_opened_by_human,
        bool_or(message_event = 'opened' and is_machine_told)
            as is_opening_told,
        bool_or(message_event = 'clicked' and is_human) as is_clicked,
        bool_or(message_event = 'replied') as is_replied,
        bool_or(message_event in ('failed', 'bounced')) as is_failed,
        bool_or(message_event = 'complained') as is_complained,
        bool_or(message_event = 'unsubscribed') as is_unsubscribed
    from events
    group by company_id, campaign_id, channel, recipient_id
)

select * from recipients
