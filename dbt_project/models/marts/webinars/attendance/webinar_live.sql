with webinars as (
    select * from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

clocks as (
    select * from {{ ref('webinar_clocks') }}
    where {{ is_in_scope() }}
),

visits as (
    select * from {{ ref('webinar_visits') }}
    where {{ is_in_scope() }} and not is_on_demand
),

counted as (
    select
        company_id,
        webinar_id,
        sum(registrant_count + late_registrant_count) as registrant_count,
        sum(attendee_count) as attendee_count,
        sum(conversion_count) as conversion_count
    from {{ ref('webinar_channel_totals') }}
    where {{ is_in_scope() }}
    group by company_id, webinar_id
),

present as (
    select
        visits.company_id,
        visits.webinar_id,
        count(distinct visits.person_id) as present_count
    from visits
    inner join clocks
        on visits.company_id = clocks.company_id
    where
        visits.joined_at <= clocks.told_at
        and coalesce(visits.left_at > clocks.told_at, true)
    group by visits.company_id, visits.webinar_id
),

phased as (
    select
        webinars.company_id,
        webinars.webinar_id,
        clocks.told_at,
        case
            when webinars.starts_at > clocks.told_at then 'to_come'
            when webinars.is_held or webinars.ends_at <= clocks.told_at
                then 'over'
            else 'live'
        end as phase,
        coalesce(counted.registrant_count, 0)::integer as registrant_count,
        coalesce(counted.attendee_count, 0)::integer as attendee_count,
        coalesce(counted.conversion_count, 0)::integer as conversion_count,
        coalesce(present.present_count, 0)::integer as present_count,
        webinars.is_attendance_told
    from webinars
    inner join clocks
        on webinars.company_id = clocks.company_id
    left join counted
        on
            webinars.company_id = counted.company_id
            and webinars.webinar_id = counted.webinar_id
    left join present
        on
            webinars.company_id = present.company_id
            and webinars.webinar_id = present.webinar_id
),

-- After the end nobody is there, whoever was not told to have left.
told as (
    select
        company_id,
        webinar_id,
        told_at,
        phase,
        registrant_count,
        case
            when is_attendance_told or phase <> 'over' then attendee_count
        end as attendee_count,
        case
            when is_attendance_told or phase <> 'over' then conversion_count
        end as conversion_count,
        case when phase = 'live' then present_count else 0 end as present_count
    from phased
)

select * from told
