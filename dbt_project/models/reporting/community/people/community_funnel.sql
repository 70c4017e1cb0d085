select
    company_id,
    month_start_date,
    utm_source,
    visitor_count,
    identified_visitor_count,
    registered_count,
    attended_count,
    active_count
from {{ ref('funnel_months') }}
