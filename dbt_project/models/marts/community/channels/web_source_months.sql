with sources as (
    select * from {{ ref('int_web_sessions_told') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- New users are new once, and add up; users do not. What one row does not tell,
-- its month and source do not.
counted as (
    select
        sources.company_id,
        date_trunc('month', sources.visit_date)::date as month_start_date,
        coalesce(sources.session_source, '(not set)') as utm_source,
        sum(sources.session_count)::integer as session_count,
        case
            when count(*) = count(sources.engaged_session_count)
                then sum(sources.engaged_session_count)
        end::integer as engaged_session_count,
        case
            when count(*) = count(sources.new_user_count)
                then sum(sources.new_user_count)
        end::integer as new_user_count,
        case
            when count(*) = count(sources.key_event_count)
                then sum(sources.key_event_count)
        end::numeric(24, 6) as key_event_count
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
