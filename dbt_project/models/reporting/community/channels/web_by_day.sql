select
    company_id,
    property_id,
    visit_date,
    time_zone,
    is_zone_changed,
    is_of_other_zone,
    session_count,
    engaged_session_count,
    user_count,
    new_user_count,
    key_event_count,
    withheld_session_count,
    is_thresholded,
    is_sampled,
    has_other_row
from {{ ref('web_days') }}
