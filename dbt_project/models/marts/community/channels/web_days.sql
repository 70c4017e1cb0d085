with days as (
    select * from {{ ref('stg_ga4__property_days') }}
    where {{ is_in_scope() }}
),

sources as (
    select * from {{ ref('stg_ga4__source_days') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

told as (
    select
        company_id,
        property_id,
        visit_date,
        sum(session_count) as session_count,
        bool_or(is_thresholded) as is_thresholded,
        bool_or(is_sampled) as is_sampled,
        bool_or(has_other_row) as has_other_row
    from sources
    group by company_id, property_id, visit_date
),

-- Where the zone of a property was changed, a day is too short or too long.
joined as (
    select
        days.company_id,
        days.property_id,
        days.visit_date,
        days.time_zone,
        coalesce(
            days.time_zone <> lag(days.time_zone) over (
                partition by days.company_id, days.property_id
                order by days.visit_date
            ),
            false
        ) as is_zone_changed,
        days.time_zone <> companies.time_zone as is_of_other_zone,
        days.session_count,
        days.engaged_session_count,
        days.user_count,
        days.new_user_count,
        days.key_event_count,
        greatest(days.session_count - coalesce(told.session_count, 0), 0)
            as withheld_session_count,
        days.is_thresholded or coalesce(told.is_thresholded, false)
            as is_thresholded,
        days.is_sampled or coalesce(told.is_sampled, false) as is_sampled,
        coalesce(told.has_other_row, false) as has_other_row
    from days
    inner join companies
        on
            days.company_id = companies.company_id
            and days.visit_date <= companies.as_of_date
    left join told
        on
            days.company_id = told.company_id
            and days.property_id = told.property_id
            and days.visit_date = told.visit_date
),

typed as (
    select
        company_id,
        property_id,
        visit_date,
        time_zone,
        is_zone_changed,
        is_of_other_zone,
        session_count::integer as session_count,
        engaged_session_count::integer as engaged_session_count,
        user_count::integer as user_count,
        new_user_count::integer as new_user_count,
        key_event_count,
        withheld_session_count::integer as withheld_session_count,
        is_thresholded,
        is_sampled,
        has_other_row
    from joined
)

select * from typed
