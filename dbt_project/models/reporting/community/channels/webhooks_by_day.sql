select
    company_id,
    connection_id,
    received_date,
    event_count,
    busiest_hour_event_count,
    busiest_second_event_count,
    live_event_count,
    punctual_event_count::double precision / nullif(live_event_count, 0)
        as punctual_event_ratio,
    latency_p50_seconds::double precision as latency_p50_seconds,
    latency_p95_seconds::double precision as latency_p95_seconds,
    latency_max_seconds::double precision as latency_max_seconds
from {{ ref('webhook_days') }}
