select
    company_id,
    snapshot_date,
    person_count,
    cold_count,
    warm_count,
    hot_count
from {{ ref('lead_temperature_weeks') }}
