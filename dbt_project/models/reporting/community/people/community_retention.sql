select
    company_id,
    cohort_month_start_date,
    family,
    day_count,
    is_complete,
    eligible_count,
    {{ are_many('eligible_count') }} as is_many,
    retained_count,
    retention_ratio,
    retention_ratio_lower,
    retention_ratio_upper
from {{ ref('retention_cohorts') }}
