select
    company_id,
    property_id,
    read_at,
    active_user_count
from {{ ref('web_presences') }}
