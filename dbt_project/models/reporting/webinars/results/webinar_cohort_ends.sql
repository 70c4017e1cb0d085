select
    company_id,
    measure,
    first_cohort_month,
    last_cohort_month,
    first_member_count,
    last_member_count,
    month_count,
    first_ratio,
    last_ratio,
    change_ratio,
    change_lower,
    change_upper,
    as_of_date
from {{ ref('webinar_cohort_changes') }}
