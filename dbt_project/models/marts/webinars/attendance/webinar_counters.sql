with live as (
    select * from {{ ref('webinar_live') }}
    where {{ is_in_scope() }}
),

webinars as (
    select
        company_id,
        webinar_id,
        date_trunc('month', start_date)::date as start_month
    from {{ ref('webinars') }}
    where {{ is_in_scope() }}
),

own_targets as (
    select * from {{ ref('int_kpi_targets_current') }}
    where {{ is_in_scope() }}
),

counters as (
    select
        live.company_id,
        live.webinar_id,
        targets.metric_name,
        targets.target_count,
        case targets.metric_name
            when 'live_registrant_count' then live.registrant_count
            when 'live_attendee_count' then live.attendee_count
            when 'live_conversion_count' then live.conversion_count
        end as people_count
    from live
    cross join {{ ref('webinar_targets') }} as targets
),

aimed as (
    select
        counters.company_id,
        counters.webinar_id,
        counters.metric_name,
        counters.people_count,
        coalesce(
            round(own_targets.target_value)::integer, counters.target_count
        ) as target_count,
        own_targets.target_value is not null as is_own_target
    from counters
    inner join webinars
        on
            counters.company_id = webinars.company_id
            and counters.webinar_id = webinars.webinar_id
    left join own_targets
        on
            counters.company_id = own_targets.company_id
            and counters.metric_name = own_targets.metric_name
            and webinars.start_month = own_targets.target_month
),

compared as (
    select
        *,
        people_count / nullif(target_count, 0)::double precision
            as progress_ratio
    from aimed
)

select * from compared
