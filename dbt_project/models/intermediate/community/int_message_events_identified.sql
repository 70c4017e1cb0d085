with
{{ newest_rows(
    'events',
    ref('stg_files__message_events'),
    ['message_id', 'message_event', 'occurred_at', 'contact_id']
) }},

contacts as (
    select
        company_id,
        contact_id,
        person_id
    from {{ ref('int_contacts_identified') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

identified as (
    select
        events.company_id,
        events.message_id,
        coalesce(events.campaign_id, '(none)') as campaign_id,
        events.channel,
        contacts.person_id,
        -- One message may be written to many whom nobody knows.
        coalesce(
            contacts.person_id,
            'message/' || events.message_id
            || coalesce('/' || events.contact_id, '')
        ) as recipient_id,
        events.message_event,
        not coalesce(events.is_machine, false) as is_human,
        -- Proxies open mail alone.
        events.is_machine is not null or events.channel <> 'email'
            as is_machine_told,
        events.reason,
        events.occurred_at,
        (events.occurred_at at time zone companies.time_zone)::date
            as event_date
    from events
    inner join companies
        on events.company_id = companies.company_id
    left join contacts
        on
            events.company_id = contacts.company_id
            and events.contact_id = contacts.contact_id
),

unioned as (
    {%- for relation, judged in [
        ('identified', 'is_machine_told'),
        (ref('int_whatsapp_statuses_identified'), 'true'),
        (ref('int_mail_events_identified'), 'true'),
    ] %}
        {{ 'union all' if not loop.first }}
        select
            company_id,
            message_id,
            campaign_id,
            channel,
            person_id,
            recipient_id,
            message_event,
            is_human,
            {{ judged }} as is_machine_told,
            reason,
            occurred_at,
            event_date
        from {{ relation }}
    {%- endfor %}
)

select * from unioned
