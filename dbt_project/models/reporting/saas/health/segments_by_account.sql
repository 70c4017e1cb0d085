with told as (
    select * from {{ ref('account_segments') }}
),

accounts as (
    select * from {{ ref('accounts') }}
),

entries as (
    select * from {{ source('predictions', 'account_queue') }}
    where closed_on is null
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'behaviour'
),

joined as (
    select
        told.company_id,
        told.account_id,
        coalesce(accounts.account_name, told.account_id) as account_name,
        accounts.cs_manager,
        told.scored_on,
        told.is_now,
        told.segment as behaviour_segment,
        labels.place,
        labels.label_es as segment_label_es,
        labels.label_en as segment_label_en,
        told.mrr_amount,
        told.advanced_feature_count,
        coalesce(entries.is_watched, false) as is_watched
    from told
    inner join labels
        on told.segment = labels.word
    left join accounts
        on
            told.company_id = accounts.company_id
            and told.account_id = accounts.account_id
    left join entries
        on
            told.company_id = entries.company_id
            and told.account_id = entries.account_id
)

select * from joined
