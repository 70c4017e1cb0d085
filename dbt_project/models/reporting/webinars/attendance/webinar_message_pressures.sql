with pressures as (
    select * from {{ ref('webinar_pressures') }}
)

select
    company_id,
    pressure_place,
    registrant_count as pressed_registrant_count,
    attendee_count as pressed_attendee_count,
    show_ratio as pressed_show_ratio,
    show_ratio_lower,
    show_ratio_upper
from pressures
