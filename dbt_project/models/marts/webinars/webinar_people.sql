with registrations as (
    select * from {{ ref('webinar_registrations') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

attendances as (
    select * from {{ ref('webinar_attendances') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

engagements as (
    select * from {{ ref('webinar_engagements') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

conversions as (
    select
        company_id,
        webinar_id,
        person_id,
        count(*)::integer as order_count,
        sum(net_revenue)::numeric(18, 2) as net_revenue
    from {{ ref('webinar_conversions') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
    group by company_id, webinar_id, person_id
),

everybody as (
    {% for told in ['registrations', 'attendances'] %}
        select
            company_id,
            webinar_id,
            person_id,
            start_date
        from {{ told }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

people as (
    select
        company_id,
        webinar_id,
        person_id,
        start_date
    from everybody
    group by company_id, webinar_id, person_id, start_date
),

joined as (
    select
        people.company_id,
        people.webinar_id,
        people.person_id,
        people.start_date,
        date_trunc('month', people.start_date)::date as webinar_month,
        coalesce(registrations.state, 'unregistered') as state,
        registrations.registered_at,
        coalesce(registrations.channel_id, 'unknown') as channel_id,
        registrations.industry,
        registrations.company_size,
        coalesce(attendances.live_seconds, 0) as live_seconds,
        coalesce(attendances.is_live_attendee, false) as is_live_attendee,
        coalesce(attendances.is_on_demand_viewer, false)
            as is_on_demand_viewer,
        coalesce(engagements.chat_count, 0) as chat_count,
        coalesce(engagements.question_count, 0) as question_count,
        coalesce(engagements.answered_poll_count, 0) as answered_poll_count,
        coalesce(engagements.click_count, 0) as click_count,
        engagements.satisfaction,
        engagements.engagement_score,
        engagements.attention_score,
        engagements.engagement_coverage_ratio,
        coalesce(conversions.order_count, 0) as order_count,
        coalesce(conversions.net_revenue, 0)::numeric(18, 2) as net_revenue
    from people
    left join registrations
        on
            people.company_id = registrations.company_id
            and people.webinar_id = registrations.webinar_id
            and people.person_id = registrations.person_id
    left join attendances
        on
            people.company_id = attendances.company_id
            and people.webinar_id = attendances.webinar_id
            and people.person_id = attendances.person_id
    left join engagements
        on
            people.company_id = engagements.company_id
            and people.webinar_id = engagements.webinar_id
            and people.person_id = engagements.person_id
    left join conversions
        on
            people.company_id = conversions.company_id
            and people.webinar_id = conversions.webinar_id
            and people.person_id = conversions.person_id
)

select * from joined
