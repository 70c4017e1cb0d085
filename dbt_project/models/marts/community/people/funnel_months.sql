with visitors as (
    select * from {{ ref('visitor_months') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        company_id,
        month_start_date,
        utm_source,
        count(*)::integer as visitor_count,
        count(person_id)::integer as identified_visitor_count,
        count(registered_date)::integer as registered_count,
        count(attended_date)::integer as attended_count,
        count(active_date)::integer as active_count
    from visitors
    group by company_id, month_start_date, utm_source
)

select * from counted
