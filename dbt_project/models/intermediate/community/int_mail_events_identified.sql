with events as (
    select * from {{ ref('stg_webhooks__mail_events') }}
),

-- One address is one person.
addresses as (
    select
        company_id,
        email_hash,
        min(person_id) as person_id
    from {{ ref('int_contacts_identified') }}
    where email_hash is not null
    group by company_id, email_hash
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

-- One message may be written to many.
identified as (
    select
        events.company_id,
        events.message_id,
        coalesce(events.campaign_id, '(none)') as campaign_id,
        'email'::text as channel,
        addresses.person_id,
        coalesce(
            addresses.person_id,
            'message/' || events.message_id || coalesce(
                '/' || events.email_hash, ''
            )
        ) as recipient_id,
        events.message_event,
        not events.is_machine as is_human,
        events.reason,
        events.occurred_at,
        (events.occurred_at at time zone companies.time_zone)::date
            as event_date
    from events
    inner join companies
        on events.company_id = companies.company_id
    left join addresses
        on
            events.company_id = addresses.company_id
            and events.email_hash = addresses.email_hash
)

select * from identified
