{%- set step_days = 30 -%}
with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

visitors as (
    select * from {{ ref('int_visitors_of_month') }}
    where {{ is_in_scope() }}
),

people as (
    select * from {{ ref('people') }}
    where {{ is_in_scope() }}
),

active as (
    select
        company_id,
        person_id,
        activity_date,
        attendance_count > 0 as is_attendance
    from {{ ref('person_activity_days') }}
    where {{ is_in_scope() }} and is_active
),

registered as (
    select
        visitors.*,
        people.registered_date
    from visitors
    inner join companies
        on
            visitors.company_id = companies.company_id
            and visitors.visited_date <= companies.as_of_date
    left join people
        on
            visitors.company_id = people.company_id
            and visitors.person_id = people.person_id
            and visitors.visited_at <= people.registered_at
            and people.registered_date - visitors.visited_date
            <= {{ step_days }}
),

attended as (
    select
        registered.company_id,
        registered.month_start_date,
        registered.visitor_id,
        registered.person_id,
        min(registered.utm_source) as utm_source,
        min(registered.registered_date) as registered_date,
        min(active.activity_date) as attended_date
    from registered
    left join active
        on
            registered.company_id = active.company_id
            and registered.person_id = active.person_id
            and active.is_attendance
            and active.activity_date - registered.registered_date
            between 0 and {{ step_days }}
    group by
        registered.company_id,
        registered.month_start_date,
        registered.visitor_id,
        registered.person_id
),

-- Whoever attends is active that day: what counts is that they come again.
followed as (
    select
        attended.company_id,
        attended.month_start_date,
        attended.visitor_id,
        min(attended.utm_source) as utm_source,
        min(attended.person_id) as person_id,
        min(attended.registered_date) as registered_date,
        min(attended.attended_date) as attended_date,
        min(active.activity_date) as active_date
    from attended
    left join active
        on
            attended.company_id = active.company_id
            and attended.person_id = active.person_id
            and active.activity_date - attended.attended_date
            between 1 and {{ step_days }}
    group by
        attended.company_id, attended.month_start_date, attended.visitor_id
)

select * from followed
