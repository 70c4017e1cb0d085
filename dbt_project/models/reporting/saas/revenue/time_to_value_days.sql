with told as (
    select * from {{ source('predictions', 'time_to_value_days') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        labels.label_es as start_label_es,
        labels.label_en as start_label_en,
        told.start_kind,
        told.day_number,
        told.reached_ratio,
        told.reached_ratio_lower,
        told.reached_ratio_upper
    from told
    inner join labels
        on labels.kind = 'start' and told.start_kind = labels.word
)

select * from labelled
