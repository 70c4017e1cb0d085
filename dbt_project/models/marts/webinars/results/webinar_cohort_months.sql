with registrants as not materialized (
    select
        people.*,
        webinars.start_date,
        webinars.as_of_date
    from {{ ref('webinar_people') }} as people
    inner join {{ ref('webinars') }} as webinars
        on
            people.company_id = webinars.company_id
            and people.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('people.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
        and people.state in ('at_start', 'late')
),

-- The month is told of one moment each: to tell it of every row is dear.
members as (
    select
        people.company_id,
        people.person_id,
        max(people.as_of_date) as as_of_date,
        date_trunc(
            'month', min(people.registered_at) at time zone zones.time_zone
        )::date as cohort_month
    from registrants as people
    inner join {{ ref('companies') }} as zones
        on people.company_id = zones.company_id
    where {{ is_in_scope('zones.company_id') }}
    group by people.company_id, people.person_id, zones.time_zone
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
    {{ webinar_cohort_visits('registrants', 'members') }}
),

rated as (
    select
        ages.company_id,
        ages.cohort_month,
        ages.age_months,
        ages.member_count::integer as member_count,
        {{ webinar_cohort_added('came') }},
        count(came.webinar_month)::integer as attendee_count,
        count(nullif(came.is_converted, false))::integer as converted_count
    from ages
    left join came
        on
            ages.company_id = came.company_id
            and ages.cohort_month = came.cohort_month
            and ages.month_start_date = came.webinar_month
    group by
        ages.company_id, ages.cohort_month, ages.age_months, ages.member_count
)

select
    *,
    converted_count / nullif(member_count, 0)::double precision
        as converted_ratio,
    attendee_count / nullif(member_count, 0)::double precision
        as attended_ratio,
    {{ wilson_bound('attendee_count', 'member_count', -1) }}
        as attended_ratio_lower,
    {{ wilson_bound('attendee_count', 'member_count', 1) }}
        as attended_ratio_upper
from rated
