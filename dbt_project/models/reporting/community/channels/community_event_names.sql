select
    company_id,
    event_type,
    event_kind,
    event_count,
    last_event_date
from {{ ref('community_event_types') }}
