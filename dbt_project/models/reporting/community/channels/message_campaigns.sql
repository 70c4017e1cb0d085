select
    company_id,
    campaign_id,
    campaign_name,
    channel,
    first_date,
    is_complete,
    sent_count,
    delivered_count,
    opened_count,
    opened_by_human_count,
    clicked_count,
    converted_count,
    failed_count,
    complained_count,
    unsubscribed_count,
    delivered_count::double precision / nullif(sent_count, 0)
        as delivery_ratio,
    opened_count::double precision / nullif(delivered_count, 0)
        as open_ratio_reported,
    opened_by_human_count::double precision / nullif(delivered_count, 0)
        as open_ratio_human,
    clicked_count::double precision / nullif(delivered_count, 0)
        as click_ratio,
    converted_count::double precision / nullif(delivered_count, 0)
        as conversion_ratio,
    campaign_cost,
    currency_code
from {{ ref('message_campaign_results') }}
