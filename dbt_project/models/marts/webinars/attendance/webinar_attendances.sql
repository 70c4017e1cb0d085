with visits as (
    select * from {{ ref('webinar_visits') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        starts_at,
        ends_at,
        start_date
    from {{ ref('webinar_records') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

-- Live is what lies between start and end; a recording has neither.
clipped as (
    select
        visits.company_id,
        visits.webinar_id,
        visits.person_id,
        visits.device_id,
        visits.is_on_demand,
        webinars.start_date,
        case
            when visits.is_on_demand then visits.joined_at
            else greatest(visits.joined_at, webinars.starts_at)
        end as from_at,
        case
            when visits.is_on_demand then visits.left_at
            else least(
                coalesce(visits.left_at, webinars.ends_at), webinars.ends_at
            )
        end as until_at
    from visits
    inner join webinars
        on
            visits.company_id = webinars.company_id
            and visits.webinar_id = webinars.webinar_id
),

-- Until when the person's earlier visits reach: two devices are one person.
reached as (
    select
        *,
        max(until_at) over (
            partition by company_id, webinar_id, person_id, is_on_demand
            order by from_at, until_at
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from clipped
),

added as (
    select
        *,
        coalesce(greatest(extract(
            epoch from until_at - greatest(from_at, reached_at)
        ), 0), 0) as seconds
    from reached
),

united as (
    select
        company_id,
        webinar_id,
        person_id,
        start_date,
        count(*) filter (where not is_on_demand)::integer as visit_count,
        count(distinct device_id) filter (where not is_on_demand)::integer
            as device_count,
        min(from_at) filter (where not is_on_demand) as joined_at,
        max(until_at) filter (where not is_on_demand) as left_at,
        coalesce(sum(seconds) filter (where not is_on_demand), 0)::integer
            as live_seconds,
        coalesce(sum(seconds) filter (where is_on_demand), 0)::integer
            as on_demand_seconds
    from added
    group by company_id, webinar_id, person_id, start_date
),

judged as (
    select
        company_id,
        webinar_id,
        person_id,
        start_date,
        visit_count,
        device_count,
        joined_at,
        left_at,
        live_seconds,
        on_demand_seconds,
        live_seconds >= 60 as is_live_attendee,
        on_demand_seconds >= 60 as is_on_demand_viewer
    from united
)

select * from judged
