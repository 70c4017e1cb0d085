with
{{ newest_rows('plays', ref('stg_files__content_plays'), ['play_id']) }},

{{ newest_rows('items', ref('stg_files__content_items'), ['content_id']) }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

contacts as (
    select
        company_id,
        contact_id,
        person_id
    from {{ ref('int_contacts_identified') }}
    where {{ is_in_scope() }}
),

told as (
    select
        plays.company_id,
        plays.content_id,
        plays.minutes,
        contacts.person_id,
        items.title,
        items.content_kind,
        items.topic,
        items.duration_minutes,
        (plays.started_at at time zone companies.time_zone)::date as play_date,
        companies.as_of_date
    from plays
    inner join companies
        on plays.company_id = companies.company_id
    left join items
        on
            plays.company_id = items.company_id
            and plays.content_id = items.content_id
    left join contacts
        on
            plays.company_id = contacts.company_id
            and plays.contact_id = contacts.contact_id
),

counted as (
    select
        company_id,
        date_trunc('month', play_date)::date as month_start_date,
        content_id,
        coalesce(max(title), content_id) as title,
        coalesce(max(content_kind), 'unknown') as content_kind,
        coalesce(max(topic), '(none)') as topic,
        count(*)::integer as play_count,
        count(distinct person_id)::integer as listener_count,
        sum(minutes)::numeric(24, 6) as content_minutes,
        -- Of what nobody knows how long it is, nothing is completed or not.
        count(*) filter (where duration_minutes > 0)::integer
            as measurable_play_count,
        count(*) filter (
            where duration_minutes > 0 and minutes >= 0.9 * duration_minutes
        )::integer as completed_play_count
    from told
    where play_date <= as_of_date
    group by
        company_id, date_trunc('month', play_date)::date, content_id
)

select * from counted
