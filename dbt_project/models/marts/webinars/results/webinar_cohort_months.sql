{%- set counts = [
    'visit_count', 'engagement_count', 'interaction_count', 'attendee_count',
    'converted_count',
] -%}
{%- set sums = ['live_seconds', 'engagement_sum', 'net_revenue'] -%}
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

rated as (
    select
        ages.company_id,
        ages.cohort_month,
        ages.age_months,
        ages.member_count
        {%- for name in counts %},
        case
            when untold.company_id is null then coalesce(visits.{{ name }}, 0)
        end as {{ name }}
        {%- endfor %}
        {%- for name in sums %},
        case
            when untold.company_id is null then coalesce(visits.{{ name }}, 0)
        end::numeric(18, 2) as {{ name }}
        {%- endfor %}
    from ages
    left join visits
        on
            ages.company_id = visits.company_id
            and ages.cohort_month = visits.cohort_month
            and ages.month_start_date = visits.webinar_month
    left join untold
        on
            ages.company_id = untold.company_id
            and ages.month_start_date = untold.month_start_date
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
