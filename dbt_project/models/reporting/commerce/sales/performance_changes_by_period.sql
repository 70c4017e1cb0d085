select
    company_id,
    period_kind,
    period_start_date,
    period_end_date,
    place,
    metric_name,
    figure,
    period_change,
    year_change,
    year_gap
from {{ ref('performance_period_changes') }}
