select
    company_id,
    connection_id,
    event_key,
    occurred_at,
    received_at,
    written_at
from {{ source('webhooks', 'events') }}
