with usage as (
    select * from {{ source('ops', 'dashboard_usage') }}
)

select
    company_id,
    role_name,
    week_start_date,
    person_count,
    look_count
from usage
