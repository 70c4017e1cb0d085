with told as (
    select * from {{ source('ops', 'report_preparations') }}
)

select
    company_id,
    review as review_name,
    prepared_on as prepared_date,
    is_baseline,
    minutes as preparation_minutes
from told
