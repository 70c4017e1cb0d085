with told as (
    select * from {{ source('predictions', 'value_retention') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        labels.place,
        labels.label_es as bucket_label_es,
        labels.label_en as bucket_label_en,
        told.bucket,
        told.horizon_days,
        told.account_count,
        told.retained_count,
        told.retained_ratio,
        told.retained_ratio_lower,
        told.retained_ratio_upper,
        told.as_of_date
    from told
    inner join labels
        on labels.kind = 'bucket' and told.bucket = labels.word
)

select * from labelled
