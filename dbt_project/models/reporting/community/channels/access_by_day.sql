select
    company_id,
    system_name,
    attempt_date,
    attempt_count,
    refused_attempt_count
from {{ ref('access_days') }}
