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
        tiers.followed_count,
        tiers.kept_ratio as tier_kept_ratio,
        tiers.kept_ratio_lower as tier_kept_lower,
        tiers.kept_ratio_upper as tier_kept_upper,
        tiers.others_count,
        tiers.others_kept_ratio as tier_others_kept_ratio,
        tiers.kept_difference_lower as tier_difference_lower,
        tiers.kept_difference_upper as tier_difference_upper,
        tiers.as_of_date
    from tiers
    inner join labels
        on tiers.tier = labels.word
)

select * from told
