with people as (
    select
        people.*,
        case
            when webinars.length_minutes > 0
                then least(
                    1, people.live_seconds / 60.0 / webinars.length_minutes
                )
        end as attended_ratio,
        people.answered_poll_count::numeric
        / nullif(webinars.poll_count, 0) as answered_poll_ratio
    from {{ ref('webinar_people') }} as people
    inner join {{ ref('webinars') }} as webinars
        on
            people.company_id = webinars.company_id
            and people.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('people.company_id') }}
        and {{ is_changed('people.person_id', 'people.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
        and webinars.is_held
        and webinars.is_attendance_told
        and people.state in ('at_start', 'late', 'unregistered')
),

summed as (
    select
        company_id,
        person_id,
        count(*)::integer as registered_count,
        count(*) filter (where is_live_attendee)::integer as attended_count,
        (avg(coalesce(attended_ratio, 0)) filter (where is_live_attendee))
        ::double precision as attended_ratio,
        (avg(chat_count) filter (where is_live_attendee))::double precision
            as chat_mean,
        (avg(question_count) filter (where is_live_attendee))
        ::double precision as question_mean,
        (avg(answered_poll_ratio) filter (where is_live_attendee))
        ::double precision as answered_poll_ratio,
        (avg(click_count) filter (where is_live_attendee))::double precision
            as click_mean,
        (avg(engagement_score) filter (where is_live_attendee))
        ::numeric(6, 2) as engagement_mean,
        (
            sum(live_seconds) filter (where is_live_attendee)
            / 60.0
            / nullif(count(*) filter (where is_live_attendee), 0)
        )::numeric(10, 1) as attended_minutes_mean,
        min(industry) as industry,
        min(company_size) as company_size,
        max(order_count) > 0 as is_converted,
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from people
    group by company_id, person_id
)

select * from summed
