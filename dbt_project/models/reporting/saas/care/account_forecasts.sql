with fits as (
    select * from {{ source('predictions', 'account_churn_fits') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'verdict'
),

told as (
    select
        fits.company_id,
        fits.horizon_days,
        fits.as_of_date,
        fits.status,
        labels.label_es as status_label_es,
        labels.label_en as status_label_en,
        fits.reason_es,
        fits.reason_en,
        fits.account_count as graded_score_count,
        fits.left_count as followed_by_departure_count,
        fits.bound_count,
        fits.roc_auc,
        fits.roc_auc_lower,
        fits.roc_auc_upper,
        fits.brier,
        fits.base_brier,
        fits.calibration_error
    from fits
    inner join labels
        on fits.status = labels.word
)

select * from told
