select
    company_id,
    flow_name,
    down_minutes,
    uptime_ratio as flow_uptime_ratio
from {{ ref('flow_uptimes') }}
