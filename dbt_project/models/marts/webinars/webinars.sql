with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

webinars as (
    select * from {{ ref('int_webinars_current') }}
    where {{ is_in_scope() }}
),

visits as (
    select
        company_id,
        webinar_id,
        max(left_at) as last_left_at
    from {{ ref('int_webinar_visits_current') }}
    where {{ is_in_scope() }} and not is_on_demand
    group by company_id, webinar_id
),

interactions as (
    select
        company_id,
        webinar_id,
        count(distinct coalesce(poll_id, '')) filter (
            where kind = 'poll'
        ) as seen_poll_count,
        bool_or(kind = 'chat') as has_chat,
        bool_or(kind = 'question') as has_questions,
        bool_or(kind = 'cta') as has_offer,
        bool_or(kind = 'survey') as has_survey
    from {{ ref('int_webinar_interactions_current') }}
    where {{ is_in_scope() }}
    group by company_id, webinar_id
),

joined as (
    select
        webinars.company_id,
        webinars.webinar_id,
        webinars.title,
        webinars.series,
        webinars.starts_at,
        coalesce(
            webinars.ends_at,
            case
                when visits.last_left_at > webinars.starts_at
                    then visits.last_left_at
            end
        ) as ends_at,
        greatest(
            webinars.poll_count, coalesce(interactions.seen_poll_count, 0)
        )::integer as poll_count,
        -- What was done was possible, whatever the file says.
        coalesce(webinars.has_chat or interactions.has_chat, false)
            as has_chat,
        coalesce(webinars.has_questions or interactions.has_questions, false)
            as has_questions,
        coalesce(webinars.has_offer or interactions.has_offer, false)
            as has_offer,
        coalesce(webinars.has_survey or interactions.has_survey, false)
            as has_survey,
        (webinars.starts_at at time zone companies.time_zone)::date
            as start_date,
        companies.as_of_date
    from webinars
    inner join companies
        on webinars.company_id = companies.company_id
    left join visits
        on
            webinars.company_id = visits.company_id
            and webinars.webinar_id = visits.webinar_id
    left join interactions
        on
            webinars.company_id = interactions.company_id
            and webinars.webinar_id = interactions.webinar_id
),

measured as (
    select
        company_id,
        webinar_id,
        title,
        coalesce(series, 'webinar/' || webinar_id) as series,
        starts_at,
        ends_at,
        start_date,
        (extract(epoch from ends_at - starts_at) / 60)::numeric(10, 2)
            as length_minutes,
        poll_count,
        has_chat,
        has_questions,
        has_offer,
        has_survey,
        start_date <= as_of_date as is_held,
        start_date + 30 <= as_of_date as is_conversion_over
    from joined
)

select * from measured
