with told as (
    select * from {{ source('predictions', 'time_to_value') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        labels.place,
        labels.label_es as start_label_es,
        labels.label_en as start_label_en,
        told.start_kind,
        told.account_count,
        told.reached_count,
        told.waiting_count,
        told.quarter_days,
        told.median_days,
        told.median_days_lower,
        told.median_days_upper,
        told.three_quarters_days,
        told.as_of_date
    from told
    inner join labels
        on labels.kind = 'start' and told.start_kind = labels.word
)

select * from labelled
