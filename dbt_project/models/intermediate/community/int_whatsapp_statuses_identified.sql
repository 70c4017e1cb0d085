with statuses as (
    select * from {{ ref('stg_webhooks__whatsapp_statuses') }}
),

contacts as (
    select * from {{ ref('int_contacts_identified') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

-- An id or a number that two people have tells of neither.
known_ids as (
    select
        company_id,
        whatsapp_id,
        min(person_id) as person_id
    from contacts
    where whatsapp_id is not null
    group by company_id, whatsapp_id
    having count(distinct person_id) = 1
),

known_numbers as (
    select
        company_id,
        phone_hash,
        min(person_id) as person_id
    from contacts
    where phone_hash is not null
    group by company_id, phone_hash
    having count(distinct person_id) = 1
),

identified as (
    select
        statuses.company_id,
        statuses.message_id,
        coalesce(statuses.campaign_id, '(none)') as campaign_id,
        'whatsapp'::text as channel,
        coalesce(known_ids.person_id, known_numbers.person_id) as person_id,
        coalesce(
            known_ids.person_id,
            known_numbers.person_id,
            'message/' || statuses.message_id
        ) as recipient_id,
        statuses.message_event,
        true as is_human,
        statuses.reason,
        statuses.occurred_at,
        (statuses.occurred_at at time zone companies.time_zone)::date
            as event_date
    from statuses
    inner join companies
        on statuses.company_id = companies.company_id
    left join known_ids
        on
            statuses.company_id = known_ids.company_id
            and statuses.whatsapp_id = known_ids.whatsapp_id
    left join known_numbers
        on
            statuses.company_id = known_numbers.company_id
            and statuses.phone_hash = known_numbers.phone_hash
)

select * from identified
