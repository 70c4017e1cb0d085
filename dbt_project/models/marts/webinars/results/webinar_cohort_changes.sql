with cohorts as (
    select
        *,
        (cohort_month + age_months * interval '1 month')::date
            as month_start_date
    from {{ ref('webinar_cohort_months') }}
    where {{ is_in_scope() }} and member_count >= 30
),

-- A month without a webinar keeps and sells to nobody: it says nothing.
months as (
    select
        company_id,
        month_start_date,
        is_conversion_over
    from {{ ref('webinar_month_outcomes') }}
    where {{ is_in_scope() }} and is_complete and untold_webinar_count = 0
),

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

measured as (
    select
        cohorts.company_id,
        cohorts.cohort_month,
        cohorts.age_months,
        cohorts.member_count,
        measures.measure,
        measures.reached_count
    from cohorts
    inner join months
        on
            cohorts.company_id = months.company_id
            and cohorts.month_start_date = months.month_start_date
    cross join
        lateral (
            values
            ('retention', cohorts.attendee_count, cohorts.age_months > 0),
            ('conversion', cohorts.converted_count, months.is_conversion_over)
        ) as measures (measure, reached_count, is_known)
    where measures.is_known and cohorts.attendee_count is not null
),

ends as (
    select
        company_id,
        measure,
        min(cohort_month) as first_cohort_month,
        max(cohort_month) as last_cohort_month
    from measured
    group by company_id, measure
),

paired as (
    select
        ends.*,
        early.member_count as first_member_count,
        early.reached_count as first_reached_count,
        late.member_count as last_member_count,
        late.reached_count as last_reached_count
    from ends
    inner join measured as early
        on
            ends.company_id = early.company_id
            and ends.measure = early.measure
            and ends.first_cohort_month = early.cohort_month
    inner join measured as late
        on
            ends.company_id = late.company_id
            and ends.measure = late.measure
            and ends.last_cohort_month = late.cohort_month
            and early.age_months = late.age_months
    where ends.first_cohort_month < ends.last_cohort_month
),

{{ mean_changes('paired') }},

dated as (
    select
        mean_changes.*,
        companies.as_of_date
    from mean_changes
    inner join companies
        on mean_changes.company_id = companies.company_id
)

select * from dated
