with weighed as (
    select * from {{ source('predictions', 'discount_break_evens') }}
)

select
    company_id,
    discount_percent,
    as_of_date,
    inactivity_days,
    customer_count,
    returned_count,
    gross_margin_rate,
    return_rate,
    return_rate_lower,
    return_rate_upper,
    needed_rate,
    group_size,
    result,
    is_smallest,
    contribution_margin_rate
from weighed
