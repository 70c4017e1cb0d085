select
    company_id,
    as_of_date,
    active_person_count,
    new_registration_count,
    activated_person_count,
    content_minutes,
    k_factor,
    retention_window_30,
    retention_window_60,
    retention_window_90,
    attendance_ratio,
    identified_ratio,
    delivery_ratio,
    completion_ratio,
    sponsorship_income,
    sponsorship_benefit_ratio
from {{ ref('flagship_standing') }}
