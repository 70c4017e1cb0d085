with webinars as (
    select
        company_id,
        webinar_id,
        starts_at
    from {{ ref('webinars') }}
    where {{ is_in_scope() }} and is_held and is_attendance_told
),

-- Who was registered all of the week could get a message on each of its days.
registered as (
    select
        people.company_id,
        people.webinar_id,
        people.person_id,
        people.is_live_attendee,
        webinars.starts_at
    from {{ ref('webinar_people') }} as people
    inner join webinars
        on
            people.company_id = webinars.company_id
            and people.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('people.company_id') }}
        and people.state = 'at_start'
        and people.registered_at <= webinars.starts_at - interval '7 days'
),

contacts as (
    select distinct
        company_id,
        email_hash,
        person_id
    from {{ ref('int_contacts_identified') }}
    where {{ is_in_scope() }} and email_hash is not null
),

-- A message that failed reached nobody.
messages as (
    select
        company_id,
        person_id,
        channel,
        message_id,
        min(occurred_at) as sent_at
    from {{ ref('int_message_events_identified') }}
    where {{ is_in_scope() }} and person_id is not null
    group by company_id, person_id, channel, message_id
    having not bool_or(message_event in ('failed', 'bounced'))
),

writing as (
    select
        company_id,
        min(sent_at) as first_sent_at
    from messages
    group by company_id
),

-- Of whom no contact is known nobody can say what was sent to them.
received as (
    select
        registered.company_id,
        registered.webinar_id,
        registered.person_id,
        registered.is_live_attendee,
        count(distinct messages.message_id) as message_count
    from registered
    inner join contacts
        on
            registered.company_id = contacts.company_id
            and registered.person_id = contacts.email_hash
    inner join writing
        on
            registered.company_id = writing.company_id
            and registered.starts_at > writing.first_sent_at
    left join messages
        on
            contacts.company_id = messages.company_id
            and contacts.person_id = messages.person_id
            and registered.starts_at - interval '7 days' <= messages.sent_at
            and registered.starts_at > messages.sent_at
    group by
        registered.company_id,
        registered.webinar_id,
        registered.person_id,
        registered.is_live_attendee
)

select
    company_id,
    webinar_id,
    person_id,
    is_live_attendee,
    message_count::integer as message_count
from received
