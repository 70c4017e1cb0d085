with compared as (
    select * from {{ ref('care_retention') }}
)

select
    company_id,
    care_basis,
    segment,
    month_start_date,
    cared_count,
    cared_kept_count,
    cared_retention_ratio,
    alone_count,
    alone_kept_count,
    alone_retention_ratio,
    care_difference_ratio,
    care_difference_lower,
    care_difference_upper
from compared
