with webinars as (
    select
        company_id,
        webinar_id,
        starts_at
    from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

registrations as (
    select * from {{ ref('webinar_registrations') }}
    where {{ is_in_scope() }} and state = 'at_start'
),

-- Not our clock but that of what was told last: a file of yesterday says
-- nothing of today.
clocks as (
    select * from {{ ref('webinar_clocks') }}
    where {{ is_in_scope() }}
),

to_come as (
    select
        webinars.company_id,
        webinars.webinar_id,
        clocks.told_at
    from webinars
    inner join clocks
        on webinars.company_id = clocks.company_id
    where webinars.starts_at > clocks.told_at
),

counted as (
    select
        to_come.company_id,
        to_come.webinar_id,
        to_come.told_at,
        count(registrations.person_id)::integer as registrant_count,
        count(*) filter (
            where
            registrations.registered_at > to_come.told_at - interval '1 day'
        ) as last_day_count,
        count(*) filter (
            where
            registrations.registered_at > to_come.told_at - interval '2 days'
            and registrations.registered_at
            <= to_come.told_at - interval '1 day'
        ) as day_before_count
    from to_come
    left join registrations
        on
            to_come.company_id = registrations.company_id
            and to_come.webinar_id = registrations.webinar_id
    group by to_come.company_id, to_come.webinar_id, to_come.told_at
),

compared as (
    select
        company_id,
        webinar_id,
        told_at,
        registrant_count,
        last_day_count::integer as last_day_count,
        day_before_count::integer as day_before_count,
        (last_day_count - day_before_count)::integer as velocity
    from counted
)

select * from compared
