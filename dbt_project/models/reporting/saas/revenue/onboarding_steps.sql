with told as (
    select * from {{ source('predictions', 'onboarding_steps') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        step_labels.place,
        step_labels.label_es as step_label_es,
        step_labels.label_en as step_label_en,
        start_labels.label_es as start_label_es,
        start_labels.label_en as start_label_en,
        told.start_kind,
        told.step,
        told.day_number,
        told.account_count,
        told.reached_count,
        told.reached_ratio,
        told.reached_ratio_lower,
        told.reached_ratio_upper
    from told
    inner join labels as step_labels
        on step_labels.kind = 'onboarding' and told.step = step_labels.word
    inner join labels as start_labels
        on start_labels.kind = 'start' and told.start_kind = start_labels.word
)

select * from labelled
