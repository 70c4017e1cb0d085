with months as (
    select * from {{ ref('community_months') }}
),

cohorts as (
    select
        company_id,
        cohort_month_start_date,
        activated_invitee_count,
        cohort_size
    from {{ ref('referral_cohorts') }}
    where is_complete
),

stays as (
    select
        company_id,
        cohort_month_start_date,
        retention_ratio
    from {{ ref('retention_cohorts') }}
    where family = 'window' and day_count = 30 and is_complete
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        months.is_complete,
        months.active_person_count,
        months.new_registration_count,
        months.activated_person_count,
        months.content_minutes,
        cohorts.activated_invitee_count::double precision
        / nullif(cohorts.cohort_size, 0) as k_factor,
        stays.retention_ratio as retention_window_30
    from months
    left join cohorts
        on
            months.company_id = cohorts.company_id
            and months.month_start_date = cohorts.cohort_month_start_date
    left join stays
        on
            months.company_id = stays.company_id
            and months.month_start_date = stays.cohort_month_start_date
)

select * from joined
