with tiers as (
    select * from {{ source('predictions', 'loyalty_tiers') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'tier'
),

told as (
    select
        tiers.company_id,
        tiers.tier,
        tiers.place,
        labels.label_es as tier_label_es,
        labels.label_en as tier_label_en,
        tiers.account_count,
        tiers.held_count,
        tiers.reached_count,
        tiers.lack_months_count,
        tiers.lack_adoption_count,
        tiers.lack_engagement_count,
        tiers.as_of_date
    from tiers
    inner join labels
        on tiers.tier = labels.word
)

select * from told
