with events as (
    select * from {{ source('webhooks', 'events') }}
),

mails as (
    select
        company_id,
        event_key,
        event_id as message_id,
        substr(event_type, length('mail.') + 1) as message_event,
        {{ hashed_email("payload ->> 'recipient'") }} as email_hash,
        nullif(trim(payload ->> 'campaign_id'), '') as campaign_id,
        coalesce((payload ->> 'is_machine')::boolean, false) as is_machine,
        payload ->> 'reason' as reason,
        occurred_at,
        received_at
    from events
    where sender in ('sendgrid', 'mailgun', 'ses')
),

-- What is only on its way is no event of a message.
renamed as (
    select * from mails
    where message_event in (
        'sent', 'delivered', 'opened', 'clicked', 'failed', 'bounced',
        'complained', 'unsubscribed'
    )
)

select * from renamed
