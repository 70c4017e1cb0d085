with cohorts as (
    select * from {{ ref('webinar_cohort_months') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

named as (
    select
        cohorts.company_id,
        cohorts.cohort_month,
        cohorts.age_months,
        cohorts.member_count as webinar_cohort_people,
        cohorts.attendee_count as webinar_cohort_attendees,
        cohorts.converted_count as webinar_cohort_buyers,
        cohorts.attended_ratio as webinar_cohort_ratio,
        cohorts.attended_ratio_lower,
        cohorts.attended_ratio_upper,
        cohorts.converted_ratio as webinar_cohort_conversion,
        cohorts.visit_count as webinar_cohort_visits,
        cohorts.live_seconds,
        cohorts.engagement_sum,
        cohorts.engagement_count,
        cohorts.interaction_count as webinar_cohort_interactions,
        cohorts.net_revenue as webinar_cohort_revenue,
        companies.currency_code
    from cohorts
    inner join companies
        on cohorts.company_id = companies.company_id
)

select * from named
