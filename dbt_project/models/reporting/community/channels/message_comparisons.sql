select
    company_id,
    campaign_id,
    channel,
    campaign_name,
    first_date,
    delivered_count,
    clicked_count,
    others_delivered_count,
    others_clicked_count,
    click_ratio,
    others_click_ratio,
    difference_ratio,
    difference_ratio_lower,
    difference_ratio_upper,
    as_of_date
from {{ ref('message_click_comparisons') }}
