select
    company_id,
    month_start_date,
    content_id,
    title,
    content_kind,
    topic,
    play_count,
    listener_count,
    content_minutes,
    measurable_play_count,
    completed_play_count,
    completed_play_count::double precision / nullif(measurable_play_count, 0)
        as completion_ratio
from {{ ref('content_months') }}
