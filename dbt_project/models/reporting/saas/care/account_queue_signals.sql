with told as (
    select * from {{ source('predictions', 'account_queue') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'warning'
),

joined as (
    select
        told.company_id,
        told.account_id,
        told.opened_on,
        labels.word as signal_name,
        labels.place,
        labels.label_es as signal_label_es,
        labels.label_en as signal_label_en
    from told
    inner join labels
        on labels.word = any(told.opened_signals || told.opened_trigger)
)

select * from joined
