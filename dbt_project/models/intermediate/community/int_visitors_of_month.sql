with events as (
    select
        *,
        date_trunc('month', event_date)::date as month_start_date
    from {{ ref('int_community_events_identified') }}
),

visits as (
    select
        *,
        row_number() over (
            partition by company_id, month_start_date, visitor_id
            order by occurred_at, event_id
        ) as visit_rank
    from events
    where event_kind = 'visit'
),

-- A visitor of a month came by what their first visit in it says.
visitors as (
    select
        visits.company_id,
        visits.month_start_date,
        visits.utm_source,
        visits.visitor_id,
        visits.person_id,
        visits.event_date as visited_date,
        visits.occurred_at as visited_at
    from visits
    where visits.visit_rank = 1
)

select * from visitors
