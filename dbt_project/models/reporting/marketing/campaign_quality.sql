with comparisons as (
    select * from {{ source('predictions', 'campaign_comparisons') }}
),

channels as (
    select * from {{ ref('channels') }}
),

labelled as (
    select
        comparisons.company_id,
        comparisons.channel_id,
        comparisons.named_campaign_id,
        comparisons.campaign_name,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en,
        comparisons.customer_count,
        comparisons.lost_count,
        comparisons.lost_rate,
        comparisons.lost_rate_lower,
        comparisons.lost_rate_upper,
        comparisons.others_customer_count,
        comparisons.others_lost_count,
        comparisons.others_lost_rate,
        comparisons.difference_rate,
        comparisons.difference_rate_lower,
        comparisons.difference_rate_upper,
        comparisons.spend_30d,
        comparisons.losing_spend_30d,
        comparisons.inactivity_days,
        comparisons.currency_code,
        comparisons.as_of_date
    from comparisons
    left join channels
        on comparisons.channel_id = channels.channel_id
)

select * from labelled
