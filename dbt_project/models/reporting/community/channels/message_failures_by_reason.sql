select
    company_id,
    campaign_id,
    channel,
    reason as failure_reason,
    first_date,
    failed_count
from {{ ref('message_failures') }}
