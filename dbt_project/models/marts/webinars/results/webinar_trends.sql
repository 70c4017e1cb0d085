with webinars as (
    select
        company_id,
        webinar_id,
        starts_at,
        start_date
    from {{ ref('webinars') }}
    where {{ is_in_scope() }} and is_held and is_attendance_told
),

outcomes as (
    select * from {{ ref('webinar_outcomes') }}
    where {{ is_in_scope() }}
),

compared as (
    select
        webinars.company_id,
        webinars.webinar_id,
        webinars.start_date as calendar_date,
        outcomes.registrant_count,
        outcomes.show_count,
        outcomes.engagement_mean,
        outcomes.engagement_count,
        count(*) over (
            partition by webinars.company_id
            order by webinars.starts_at, webinars.webinar_id
            rows between 5 preceding and 1 preceding
        )::integer as past_webinar_count,
        sum(outcomes.registrant_count) over (
            partition by webinars.company_id
            order by webinars.starts_at, webinars.webinar_id
            rows between 5 preceding and 1 preceding
        )::integer as past_registrant_count,
        sum(outcomes.show_count) over (
            partition by webinars.company_id
            order by webinars.starts_at, webinars.webinar_id
            rows between 5 preceding and 1 preceding
        )::integer as past_show_count
    from webinars
    inner join outcomes
        on
            webinars.company_id = outcomes.company_id
            and webinars.webinar_id = outcomes.webinar_id
),

told as (
    select
        company_id,
        webinar_id,
        calendar_date,
        registrant_count,
        engagement_mean,
        engagement_count,
        past_webinar_count,
        past_show_count / nullif(past_registrant_count, 0)::double precision
            as past_show_ratio,
        case
            when past_webinar_count >= 3 and past_show_count > 0
                then greatest(0, 1 - (
                    show_count / nullif(registrant_count, 0)::double precision
                ) / (past_show_count / past_registrant_count::double precision))
        end as attendance_drop_ratio
    from compared
)

select * from told
