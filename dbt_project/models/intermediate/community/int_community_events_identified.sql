with
{{ newest_rows(
    'events', ref('stg_files__community_events'), ['event_id']
) }},

contacts as (
    select
        company_id,
        contact_id,
        person_id,
        client_id
    from {{ ref('int_contacts_identified') }}
),

kinds as (
    select * from {{ ref('community_event_kinds') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

told as (
    select
        events.company_id,
        events.event_id,
        events.client_id,
        contacts.person_id,
        events.event_type,
        coalesce(kinds.event_kind, 'other') as event_kind,
        events.occurred_at,
        coalesce(events.utm_source, '(none)') as utm_source
    from events
    left join contacts
        on
            events.company_id = contacts.company_id
            and events.contact_id = contacts.contact_id
    left join kinds
        on
            {{ channel_alias('events.event_type') }}
            = kinds.event_type
),

ties as (
    select
        company_id,
        client_id,
        person_id
    from contacts
    where client_id is not null
    union all
    select
        company_id,
        client_id,
        person_id
    from told
    where client_id is not null and person_id is not null
),

-- A browser that two people used tells of neither.
browsers as (
    select
        company_id,
        client_id,
        min(person_id) as person_id
    from ties
    group by company_id, client_id
    having count(distinct person_id) = 1
),

identified as (
    select
        told.company_id,
        told.event_id,
        coalesce(told.person_id, browsers.person_id) as person_id,
        coalesce(
            told.person_id,
            browsers.person_id,
            'client/' || told.client_id,
            'event/' || told.event_id
        ) as visitor_id,
        told.event_type,
        told.event_kind,
        told.occurred_at,
        (told.occurred_at at time zone companies.time_zone)::date
            as event_date,
        told.utm_source
    from told
    inner join companies
        on told.company_id = companies.company_id
    left join browsers
        on
            told.company_id = browsers.company_id
            and told.client_id = browsers.client_id
)

select * from identified
