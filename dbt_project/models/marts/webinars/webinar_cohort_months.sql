with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

members as (
    select
        people.company_id,
        people.person_id,
        max(companies.as_of_date) as as_of_date,
        date_trunc(
            'month', min(people.registered_at) at time zone companies.time_zone
        )::date as cohort_month
    from {{ ref('webinar_people') }} as people
    inner join companies
        on people.company_id = companies.company_id
    where
        {{ is_in_scope('people.company_id') }}
        and people.state in ('at_start', 'late')
    group by people.company_id, people.person_id, companies.time_zone
),

-- Months that are over: what a month is still to bring is not known.
ages as (
    select
        members.company_id,
        members.cohort_month,
        age.age_months,
        (members.cohort_month + age.age_months * interval '1 month')::date
            as month_start_date,
        count(*)::integer as member_count
    from members
    cross join lateral generate_series(0, 23) as age (age_months)
    where
        members.cohort_month + (age.age_months + 1) * interval '1 month'
        <= members.as_of_date + 1
    group by members.company_id, members.cohort_month, age.age_months
),

visits as (
    select
        people.company_id,
        people.person_id,
        date_trunc('month', webinars.start_date)::date as came_in,
        max(people.order_count) > 0 as is_converted
    from {{ ref('webinar_people') }} as people
    inner join {{ ref('webinars') }} as webinars
        on
            people.company_id = webinars.company_id
            and people.webinar_id = webinars.webinar_id
    where
        {{ is_in_scope('people.company_id') }}
        and {{ is_in_scope('webinars.company_id') }}
        and people.is_live_attendee and people.state in ('at_start', 'late')
    group by people.company_id, people.person_id, came_in
),

came as (
    select
        visits.company_id,
        members.cohort_month,
        visits.came_in,
        count(*)::integer as attendee_count,
        count(nullif(visits.is_converted, false))::integer as converted_count
    from visits
    inner join members
        on
            visits.company_id = members.company_id
            and visits.person_id = members.person_id
    group by visits.company_id, members.cohort_month, visits.came_in
),

rated as (
    select
        ages.company_id,
        ages.cohort_month,
        ages.age_months,
        ages.member_count,
        coalesce(came.attendee_count, 0) as attendee_count,
        coalesce(came.converted_count, 0) as converted_count
    from ages
    left join came
        on
            ages.company_id = came.company_id
            and ages.cohort_month = came.cohort_month
            and ages.month_start_date = came.came_in
)

select
    *,
    attendee_count / member_count::double precision as attended_ratio,
    {{ wilson_bound('attendee_count', 'member_count', -1) }}
        as attended_ratio_lower,
    {{ wilson_bound('attendee_count', 'member_count', 1) }}
        as attended_ratio_upper
from rated
