select
    company_id,
    month_start_date,
    metric_name,
    place,
    figure,
    month_change,
    year_change
from {{ ref('performance_changes') }}
