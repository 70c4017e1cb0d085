with rivals as (
    select * from {{ source('predictions', 'account_rivals') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'rival'
),

told as (
    select
        rivals.company_id,
        rivals.period,
        rivals.rival,
        labels.place,
        labels.label_es as rival_label_es,
        labels.label_en as rival_label_en,
        rivals.account_count as graded_score_count,
        rivals.left_count as followed_by_departure_count,
        rivals.roc_auc as rival_roc_auc,
        rivals.roc_auc_lower,
        rivals.roc_auc_upper,
        rivals.top_lift,
        rivals.brier,
        rivals.base_brier,
        rivals.calibration_error
    from rivals
    inner join labels
        on rivals.rival = labels.word
)

select * from told
