with told as (
    select * from {{ source('predictions', 'company_adoption') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        labels.place,
        labels.label_es as tier_label_es,
        labels.label_en as tier_label_en,
        told.feature_tier,
        told.account_count,
        told.feature_count,
        told.adoption_ratio,
        told.adoption_ratio_lower,
        told.adoption_ratio_upper,
        told.seat_weighted_ratio,
        told.as_of_date
    from told
    inner join labels
        on labels.kind = 'feature_tier' and told.feature_tier = labels.word
)

select * from labelled
