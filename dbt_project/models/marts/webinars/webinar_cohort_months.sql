with people as (
    select
        people.company_id,
        people.person_id,
        date_trunc(
            'month', people.registered_at at time zone zones.time_zone
        )::date as registered_month,
        date_trunc('month', webinars.start_date)::date as webinar_month,
        people.is_live_attendee,
        people.order_count > 0 as is_converted,
        webinars.as_of_date
    from {{ ref('webinar_people') }} as people
    inner join {{ ref('webinars') }} as webinars
        on
            people.company_id = webinars.company_id
            and people.webinar_id = webinars.webinar_id
    inner join {{ ref('companies') }} as zones
        on people.company_id = zones.company_id
    where
        {{ is_in_scope('people.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
        and {{ is_in_scope('zones.company_id') }}
        and people.state in ('at_start', 'late')
),

members as (
    select
        company_id,
        person_id,
        min(registered_month) as cohort_month,
        max(as_of_date) as as_of_date
    from people
    group by company_id, person_id
),

-- Months that are over: what a month is still to bring is not known.
ages as (
    select
        members.company_id,
        members.cohort_month,
        age.age_months,
        (members.cohort_month + age.age_months * interval '1 month')::date
            as month_start_date,
        count(*) as member_count
    from members
    cross join lateral generate_series(0, 23) as age (age_months)
    where
        members.cohort_month + (age.age_months + 1) * interval '1 month'
        <= members.as_of_date + 1
    group by members.company_id, members.cohort_month, age.age_months
),

came as (
    select
        members.company_id,
        members.cohort_month,
        people.webinar_month,
        count(distinct people.person_id) as attendee_count,
        count(distinct people.person_id) filter (where people.is_converted)
            as converted_count
    from members
    inner join people
        on
            members.company_id = people.company_id
            and members.person_id = people.person_id
    where people.is_live_attendee
    group by members.company_id, members.cohort_month, people.webinar_month
),

joined as (
    select
        ages.company_id,
        ages.cohort_month,
        ages.age_months,
        ages.member_count::integer as member_count,
        coalesce(came.attendee_count, 0)::integer as attendee_count,
        coalesce(came.converted_count, 0)::integer as converted_count
    from ages
    left join came
        on
            ages.company_id = came.company_id
            and ages.cohort_month = came.cohort_month
            and ages.month_start_date = came.webinar_month
),

rated as (
    select
        *,
        attendee_count / nullif(member_count, 0)::double precision
            as attended_ratio,
        {{ wilson_bound('attendee_count', 'member_count', -1) }}
            as attended_ratio_lower,
        {{ wilson_bound('attendee_count', 'member_count', 1) }}
            as attended_ratio_upper
    from joined
)

select * from rated
