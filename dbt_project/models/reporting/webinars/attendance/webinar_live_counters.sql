with live as (
    select * from {{ ref('webinar_live') }}
),

counters as (
    select * from {{ ref('webinar_counters') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        starts_at
    from {{ ref('webinars') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
),

joined as (
    select
        counters.company_id,
        counters.webinar_id,
        counters.metric_name,
        webinars.title,
        webinars.starts_at,
        webinars.starts_at at time zone companies.time_zone as starts_locally,
        live.told_at,
        live.told_at at time zone companies.time_zone as told_locally,
        live.phase,
        live.present_count as live_present_count,
        counters.people_count as live_people_count,
        counters.target_count,
        counters.is_own_target,
        counters.progress_ratio as live_progress_ratio
    from counters
    inner join live
        on
            counters.company_id = live.company_id
            and counters.webinar_id = live.webinar_id
    inner join webinars
        on
            counters.company_id = webinars.company_id
            and counters.webinar_id = webinars.webinar_id
    inner join companies
        on counters.company_id = companies.company_id
)

select * from joined
