with told as (
    select * from {{ source('predictions', 'account_referrals') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'doubt'
),

joined as (
    select
        told.company_id,
        told.referred_account_id,
        labels.word as flag,
        labels.place,
        labels.label_es as flag_label_es,
        labels.label_en as flag_label_en
    from told
    inner join labels
        on labels.word = any(told.flags)
)

select * from joined
