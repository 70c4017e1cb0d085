with grades as (
    select * from {{ source('predictions', 'account_grades') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'flag'
),

told as (
    select
        grades.company_id,
        grades.period,
        grades.flag,
        labels.place,
        labels.label_es as flag_label_es,
        labels.label_en as flag_label_en,
        grades.account_count as graded_score_count,
        grades.left_count as followed_by_departure_count,
        grades.flagged_count,
        grades.found_count,
        grades.precision_ratio as flag_precision_ratio,
        grades.precision_ratio_lower,
        grades.precision_ratio_upper,
        grades.recall_ratio as flag_recall_ratio,
        grades.recall_ratio_lower,
        grades.recall_ratio_upper,
        grades.lift as flag_lift
    from grades
    inner join labels
        on grades.flag = labels.word
)

select * from told
