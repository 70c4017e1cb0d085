with sources as (
    select * from {{ ref('stg_ga4__source_days') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- New users are new once, and add up; users do not.
counted as (
    select
        sources.company_id,
        date_trunc('month', sources.visit_date)::date as month_start_date,
        coalesce(sources.session_source, '(not set)') as utm_source,
        sum(sources.session_count)::integer as session_count,
        sum(sources.engaged_session_count)::integer as engaged_session_count,
        sum(sources.new_user_count)::integer as new_user_count,
        sum(sources.key_event_count)::numeric(24, 6) as key_event_count
    from sources
    inner join companies
        on
            sources.company_id = companies.company_id
            and sources.visit_date <= companies.as_of_date
    group by
        sources.company_id,
        date_trunc('month', sources.visit_date)::date,
        coalesce(sources.session_source, '(not set)')
)

select * from counted
