with forecasts as (
    select * from {{ source('predictions', 'webinar_attendance_forecasts') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        start_date,
        is_held
    from {{ ref('webinars') }}
),

outcomes as (
    select
        company_id,
        webinar_id,
        registrant_count,
        attendee_count,
        show_count
    from {{ ref('webinar_outcomes') }}
),

joined as (
    select
        forecasts.company_id,
        forecasts.webinar_id,
        webinars.title,
        webinars.start_date,
        webinars.is_held,
        forecasts.kind,
        forecasts.as_of_date,
        forecasts.model_name,
        forecasts.model_version,
        forecasts.past_webinar_count,
        forecasts.registrant_count,
        forecasts.expected_count as webinar_expected_count,
        forecasts.lower_count,
        forecasts.upper_count,
        -- Nobody at all: nobody loaded who was there.
        case
            when outcomes.attendee_count > 0 then outcomes.show_count
        end as webinar_show_count,
        case
            when outcomes.attendee_count > 0
                -- Shares, because some register after it was said.
                then
                    outcomes.show_count * forecasts.registrant_count
                    between forecasts.lower_count * outcomes.registrant_count
                    and forecasts.upper_count * outcomes.registrant_count
        end as is_inside
    from forecasts
    inner join webinars
        on
            forecasts.company_id = webinars.company_id
            and forecasts.webinar_id = webinars.webinar_id
    left join outcomes
        on
            forecasts.company_id = outcomes.company_id
            and forecasts.webinar_id = outcomes.webinar_id
)

select * from joined
