with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- The last 30 days by which the sales of a webinar are known.
days as (
    select
        companies.company_id,
        companies.as_of_date - 30 - numbers.day_number as calendar_date
    from companies
    cross join generate_series(0, 29) as numbers (day_number)
),

results as (
    select
        outcomes.company_id,
        webinars.start_date,
        outcomes.registrant_count + outcomes.late_registrant_count
            as registrant_count,
        outcomes.attendee_count,
        outcomes.conversion_count,
        outcomes.net_revenue,
        outcomes.cost_amount,
        outcomes.unpriced_cost_count,
        webinars.is_attendance_told
    from {{ ref('webinar_outcomes') }} as outcomes
    inner join {{ ref('webinars') }} as webinars
        on
            outcomes.company_id = webinars.company_id
            and outcomes.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('outcomes.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
),

summed as (
    select
        days.company_id,
        days.calendar_date,
        count(*)::integer as webinar_count,
        sum(results.registrant_count)::integer as registrant_count,
        sum(results.attendee_count)::integer as attendee_count,
        sum(results.conversion_count)::integer as conversion_count,
        sum(results.net_revenue)::numeric(18, 2) as net_revenue,
        case
            when sum(results.unpriced_cost_count) = 0
                then sum(results.cost_amount)
        end::numeric(18, 2) as cost_amount,
        -- What was earned is known of these alone.
        case
            when
                sum(results.unpriced_cost_count) filter (
                    where results.is_attendance_told
                ) = 0
                then sum(results.cost_amount) filter (
                    where results.is_attendance_told
                )
        end as told_cost_amount
    from days
    inner join results
        on
            days.company_id = results.company_id
            and results.start_date between days.calendar_date - 29
            and days.calendar_date
    group by days.company_id, days.calendar_date
),

rated as (
    select
        company_id,
        calendar_date,
        webinar_count,
        registrant_count,
        attendee_count,
        conversion_count,
        net_revenue,
        cost_amount,
        case
            when attendee_count >= 30
                then conversion_count::double precision / attendee_count
        end as conversion_ratio,
        (nullif(cost_amount, 0) / nullif(registrant_count, 0))::numeric(18, 2)
            as cost_per_registrant,
        (
            (net_revenue - told_cost_amount) / nullif(told_cost_amount, 0)
        )::double precision as return_ratio
    from summed
)

select * from rated
