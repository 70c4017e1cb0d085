with months as (
    select * from {{ ref('product_event_months') }}
),

labels as (
    select * from {{ ref('product_event_use_labels') }}
),

labelled as (
    select
        months.company_id,
        months.activity_month as event_month,
        months.event_use,
        labels.place,
        labels.label_es as event_use_label_es,
        labels.label_en as event_use_label_en,
        months.event_count,
        months.event_share
    from months
    inner join labels
        on months.event_use = labels.event_use
)

select * from labelled
