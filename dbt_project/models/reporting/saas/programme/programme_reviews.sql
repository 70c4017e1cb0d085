with told as (
    select * from {{ source('predictions', 'programme_reviews') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        told.metric_name,
        told.first_month,
        told.frozen_on,
        told.baseline_count,
        told.baseline_ratio,
        told.measured_count,
        told.measured_ratio,
        told.change_ratio,
        told.change_ratio_lower,
        told.change_ratio_upper,
        told.target_ratio,
        told.needed_count,
        told.verdict,
        verdicts.label_es as verdict_label_es,
        verdicts.label_en as verdict_label_en,
        told.as_of_date
    from told
    inner join labels as verdicts
        on verdicts.kind = 'told' and told.verdict = verdicts.word
)

select * from labelled
