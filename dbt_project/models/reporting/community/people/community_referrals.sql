select
    company_id,
    cohort_month_start_date,
    is_complete,
    cohort_size as cohort_person_count,
    invitation_count,
    activated_invitee_count,
    activated_referred_count,
    median_cycle_days,
    case
        when is_complete
            then invitation_count::double precision / cohort_size
    end as invitations_per_person,
    case
        when is_complete
            then
                activated_invitee_count::double precision
                / nullif(invitation_count, 0)
    end as invitation_conversion_ratio,
    case
        when is_complete
            then activated_invitee_count::double precision / cohort_size
    end as k_factor,
    case
        when is_complete
            then activated_referred_count::double precision / cohort_size
    end as k_factor_by_referrals
from {{ ref('referral_cohorts') }}
