with loyalty as (
    select * from {{ source('predictions', 'account_loyalty') }}
),

accounts as (
    select * from {{ ref('accounts') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'tier'
),

told as (
    select
        loyalty.company_id,
        loyalty.account_id,
        coalesce(accounts.account_name, loyalty.account_id) as account_name,
        loyalty.tier,
        tiers.place as tier_place,
        tiers.label_es as tier_label_es,
        tiers.label_en as tier_label_en,
        loyalty.months_below,
        loyalty.next_tier,
        nexts.label_es as next_tier_label_es,
        nexts.label_en as next_tier_label_en,
        loyalty.lacks_es,
        loyalty.lacks_en,
        loyalty.months_active,
        loyalty.points_balance,
        loyalty.points_expiring_30d,
        loyalty.as_of_date
    from loyalty
    inner join labels as tiers
        on coalesce(loyalty.tier, 'none') = tiers.word
    left join labels as nexts
        on loyalty.next_tier = nexts.word
    left join accounts
        on
            loyalty.company_id = accounts.company_id
            and loyalty.account_id = accounts.account_id
)

select * from told
