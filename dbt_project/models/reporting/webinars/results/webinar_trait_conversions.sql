with outcomes as (
    select * from {{ ref('webinar_trait_outcomes') }}
)

select
    company_id,
    trait,
    trait_value,
    attendee_count as trait_attended_count,
    conversion_count as trait_bought_count,
    net_revenue as trait_revenue,
    conversion_ratio as trait_conversion_ratio,
    conversion_ratio_lower,
    conversion_ratio_upper
from outcomes
