with
{{ newest_rows(
    'events',
    ref('stg_files__message_events'),
    ['message_id', 'message_event', 'occurred_at', 'contact_id']
) }},

mails as (
    select * from {{ ref('stg_webhooks__mail_events') }}
),

statuses as (
    select * from {{ ref('stg_webhooks__whatsapp_statuses') }}
),

unioned as (
    select
        company_id,
        channel,
        message_id,
        coalesce(contact_id, '') as address,
        true as is_of_file,
        occurred_at
    from events
    union all
    select
        company_id,
        'email' as channel,
        message_id,
        coalesce(email_hash, '') as address,
        false as is_of_file,
        occurred_at
    from mails
    union all
    select
        company_id,
        'whatsapp' as channel,
        message_id,
        '' as address,
        false as is_of_file,
        occurred_at
    from statuses
)

select * from unioned
