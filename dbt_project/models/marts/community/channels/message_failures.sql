{# RFC 3463, then RFC 5321. #}
{% set enhanced = "'\\m([245]\\.[0-9]{1,3}\\.[0-9]{1,3})\\M'" %}
{% set basic = "'\\m([45][0-9]{2})\\M'" %}

with recipients as (
    select * from {{ ref('int_message_recipients') }}
    where {{ is_in_scope() }} and is_failed and not is_delivered
),

events as (
    select * from {{ ref('int_message_events_identified') }}
    where {{ is_in_scope() }} and message_event in ('failed', 'bounced')
),

-- The last of what a sender said of a person.
reasons as (
    select distinct on (company_id, campaign_id, channel, recipient_id)
        company_id,
        campaign_id,
        channel,
        recipient_id,
        -- Of a sender's sentence the code: it may hold the person's address.
        case
            when reason is null then ''
            when reason ~ {{ enhanced }}
                then substring(reason from {{ enhanced }})
            when reason ~ {{ basic }} then substring(reason from {{ basic }})
            when reason ~ '^[A-Za-z0-9_ -]{1,40}$' and reason !~ '[0-9]{7}'
                then lower(reason)
            else 'other'
        end as reason
    from events
    order by
        company_id asc,
        campaign_id asc,
        channel asc,
        recipient_id asc,
        occurred_at desc,
        reason asc nulls last
),

counted as (
    select
        recipients.company_id,
        recipients.campaign_id,
        recipients.channel,
        coalesce(reasons.reason, '') as reason,
        count(*)::integer as failed_count,
        min(recipients.first_date) as first_date
    from recipients
    left join reasons
        on
            recipients.company_id = reasons.company_id
            and recipients.campaign_id = reasons.campaign_id
            and recipients.channel = reasons.channel
            and recipients.recipient_id = reasons.recipient_id
    group by
        recipients.company_id,
        recipients.campaign_id,
        recipients.channel,
        coalesce(reasons.reason, '')
)

select * from counted
