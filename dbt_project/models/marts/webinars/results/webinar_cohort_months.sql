with cohorts as (
    select
        company_id,
        cohort_month,
        count(*)::integer as member_count
    from {{ ref('webinar_cohort_members') }}
    where {{ is_in_scope() }}
    group by company_id, cohort_month
),

visits as (
    select * from {{ ref('webinar_cohort_visits') }}
    where {{ is_in_scope() }}
),

-- Of these months nobody can say who came.
untold as (
    select distinct
        company_id,
        date_trunc('month', start_date)::date as month_start_date
    from {{ ref('webinars') }}
    where {{ is_in_scope() }} and is_held and not is_attendance_told
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

-- Months that are over: what a month is still to bring is not known.
ages as (
    select
        cohorts.company_id,
        cohorts.cohort_month,
        age.age_months,
        (cohorts.cohort_month + age.age_months * interval '1 month')::date
            as month_start_date,
        cohorts.member_count
    from cohorts
    inner join companies
        on cohorts.company_id = companies.company_id
    cross join lateral generate_series(0, 23) as age (age_months)
    where
        cohorts.cohort_month + (age.age_months + 1) * interval '1 month'
        <= companies.as_of_date + 1
),

judged as (
    select
        ages.*,
        case when untold.company_id is null then 0 end as none_came
    from ages
    left join untold
        on
            ages.company_id = untold.company_id
            and ages.month_start_date = untold.month_start_date
),

rated as (
    select
        judged.company_id,
        judged.cohort_month,
        judged.age_months,
        judged.member_count,
        coalesce(visits.visit_count, judged.none_came) as visit_count,
        coalesce(visits.live_seconds, judged.none_came)::numeric(18, 2)
            as live_seconds,
        coalesce(visits.engagement_sum, judged.none_came)::numeric(18, 2)
            as engagement_sum,
        coalesce(visits.engagement_count, judged.none_came) as engagement_count,
        coalesce(visits.interaction_count, judged.none_came)
            as interaction_count,
        coalesce(visits.net_revenue, judged.none_came)::numeric(18, 2)
            as net_revenue,
        coalesce(visits.attendee_count, judged.none_came) as attendee_count,
        coalesce(visits.converted_count, judged.none_came) as converted_count
    from judged
    left join visits
        on
            judged.company_id = visits.company_id
            and judged.cohort_month = visits.cohort_month
            and judged.month_start_date = visits.webinar_month
            and judged.none_came = 0
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
