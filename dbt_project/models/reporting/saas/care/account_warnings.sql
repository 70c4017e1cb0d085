with signals as (
    select * from {{ source('predictions', 'account_signals') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'signal'
),

told as (
    select
        signals.company_id,
        signals.account_id,
        signals.signal_name,
        signals.as_of_date,
        labels.place,
        labels.label_es as signal_label_es,
        labels.label_en as signal_label_en,
        signals.signal_value,
        signals.threshold,
        signals.is_own_threshold,
        signals.is_raised
    from signals
    inner join labels
        on signals.signal_name = labels.word
)

select * from told
