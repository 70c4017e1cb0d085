with cohorts as (
    select * from {{ ref('webinar_cohort_months') }}
),

named as (
    select
        company_id,
        cohort_month,
        age_months,
        member_count as webinar_cohort_people,
        attendee_count as webinar_cohort_attendees,
        converted_count as webinar_cohort_buyers,
        attended_ratio as webinar_cohort_ratio,
        attended_ratio_lower,
        attended_ratio_upper
    from cohorts
)

select * from named
