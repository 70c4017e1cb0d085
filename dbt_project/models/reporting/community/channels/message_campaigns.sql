with campaigns as (
    select * from {{ ref('message_campaign_results') }}
),

steps as (
    select * from {{ ref('message_sequence_steps') }}
),

joined as (
    select
        campaigns.*,
        steps.sequence_name,
        steps.step_number as message_step,
        steps.days_after_first,
        steps.from_first_count
    from campaigns
    left join steps
        on
            campaigns.company_id = steps.company_id
            and campaigns.campaign_id = steps.campaign_id
            and campaigns.channel = steps.channel
)

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
    currency_code,
    sequence_name,
    message_step,
    days_after_first,
    from_first_count
from joined
