with paces as (
    select * from {{ ref('webinar_paces') }}
),

run_ups as (
    select * from {{ ref('webinar_run_ups') }}
),

posted as (
    select * from {{ ref('webinar_post_engagements') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date,
        competitor_activity_score
    from {{ ref('webinars') }}
),

funnels as (
    select
        company_id,
        webinar_id,
        email_open_ratio,
        email_click_ratio
    from {{ ref('webinar_funnels') }}
),

forecasts as (
    select
        company_id,
        webinar_id,
        expected_count,
        expected_count / nullif(registrant_count, 0) as expected_ratio
    from {{ source('predictions', 'webinar_attendance_forecasts') }}
    where kind = 'forecast'
),

joined as (
    select
        paces.company_id,
        paces.webinar_id,
        webinars.title,
        webinars.start_date,
        paces.registrant_count,
        paces.last_day_count,
        paces.day_before_count,
        paces.velocity as webinar_velocity,
        run_ups.paid_visit_count as webinar_paid_visits,
        run_ups.other_visit_count as webinar_other_visits,
        run_ups.paid_visit_count + run_ups.other_visit_count
            as webinar_marketing_pressure,
        posted.engagement_count as webinar_post_engagement,
        funnels.email_open_ratio as webinar_email_open_ratio,
        funnels.email_click_ratio as webinar_email_click_ratio,
        funnels.email_open_ratio * funnels.email_click_ratio
            as webinar_mail_momentum,
        forecasts.expected_count as webinar_expected_count,
        forecasts.expected_ratio as webinar_expected_ratio,
        -- The owner's limits, each of its own sentence.
        coalesce(paces.velocity > 0, false) as is_rising,
        coalesce(funnels.email_open_ratio > 0.25, false) as is_opened,
        coalesce(webinars.competitor_activity_score > 0.7, false)
            as is_crowded,
        coalesce(forecasts.expected_ratio < 0.7, false) as wants_marketing,
        coalesce(funnels.email_open_ratio < 0.3, false) as wants_content
    from paces
    inner join webinars
        on
            paces.company_id = webinars.company_id
            and paces.webinar_id = webinars.webinar_id
    left join run_ups
        on
            paces.company_id = run_ups.company_id
            and paces.webinar_id = run_ups.webinar_id
    left join posted
        on
            paces.company_id = posted.company_id
            and paces.webinar_id = posted.webinar_id
    left join funnels
        on
            paces.company_id = funnels.company_id
            and paces.webinar_id = funnels.webinar_id
    left join forecasts
        on
            paces.company_id = forecasts.company_id
            and paces.webinar_id = forecasts.webinar_id
)

select * from joined
