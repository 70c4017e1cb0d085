select
    company_id,
    month_start_date,
    utm_source,
    session_count,
    engaged_session_count,
    new_user_count,
    key_event_count
from {{ ref('web_source_months') }}
