with
{{ newest_rows('plays', ref('stg_files__content_plays'), ['play_id']) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

contacts as (
    select
        company_id,
        contact_id,
        person_id
    from {{ ref('int_contacts_identified') }}
),

events as (
    select * from {{ ref('int_community_events_identified') }}
    where person_id is not null
),

messages as (
    select * from {{ ref('int_message_events_identified') }}
    where person_id is not null and is_human
),

unioned as (
    select
        plays.company_id,
        contacts.person_id,
        (plays.started_at at time zone companies.time_zone)::date
            as activity_date,
        plays.minutes as amount,
        'play' as activity,
        null::text as channel
    from plays
    inner join contacts
        on
            plays.company_id = contacts.company_id
            and plays.contact_id = contacts.contact_id
    inner join companies
        on plays.company_id = companies.company_id
    union all
    select
        company_id,
        person_id,
        event_date as activity_date,
        1 as amount,
        event_kind as activity,
        null::text as channel
    from events
    union all
    select
        company_id,
        person_id,
        event_date as activity_date,
        1 as amount,
        message_event as activity,
        channel
    from messages
)

select * from unioned
