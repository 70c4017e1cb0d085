with told as (
    select * from {{ source('predictions', 'company_adoption') }}
),

targets as (
    select * from {{ ref('saas_kpi_targets') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

-- The target of the month, else of the next that has one, else the last.
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
        targets.target_value::double precision as target_value,
        targets.target_month,
        told.as_of_date
    from told
    left join targets
        on
            told.company_id = targets.company_id
            and case told.feature_tier
                when 'all' then 'company' else told.feature_tier
            end || '_adoption_ratio' = targets.metric_name
            and coalesce(
                date_trunc('month', told.as_of_date) > targets.after_month, true
            )
            and coalesce(
                date_trunc('month', told.as_of_date) <= targets.until_month,
                true
            )
    inner join labels
        on labels.kind = 'feature_tier' and told.feature_tier = labels.word
)

select * from labelled
