with restatements as (
    select * from {{ source('ops', 'restatements') }}
),

reason_labels as (
    select * from {{ ref('restatement_reasons') }}
),

amounts as (
    select * from {{ ref('restated_amounts') }}
),

channels as (
    select * from {{ ref('channels') }}
),

given as (
    select
        restatements.company_id,
        restatements.restatement_id,
        reasons.reason
    from restatements
    cross join lateral unnest(restatements.reasons) as reasons (reason)
),

explained as (
    select
        given.company_id,
        given.restatement_id,
        string_agg(
            coalesce(reason_labels.label_es, given.reason),
            ', ' order by given.reason
        ) as reasons_es,
        string_agg(
            coalesce(reason_labels.label_en, given.reason),
            ', ' order by given.reason
        ) as reasons_en
    from given
    left join reason_labels
        on given.reason = reason_labels.reason
    group by given.company_id, given.restatement_id
),

moved as (
    select
        restatements.company_id,
        restatements.restatement_id,
        restatements.restated_date,
        restatements.mart,
        nullif(restatements.subject, '') as channel_id,
        restatements.metric,
        restatements.old_value,
        restatements.new_value,
        coalesce(restatements.new_value, 0)
        - coalesce(restatements.old_value, 0) as difference,
        explained.reasons_es,
        explained.reasons_en,
        restatements.noticed_at,
        restatements.build_id,
        amounts.label_es as amount_label_es,
        amounts.label_en as amount_label_en,
        channels.label_es as channel_label_es,
        channels.label_en as channel_label_en
    from restatements
    inner join explained
        on
            restatements.company_id = explained.company_id
            and restatements.restatement_id = explained.restatement_id
    left join amounts
        on restatements.metric = amounts.metric
    left join channels
        on restatements.subject = channels.channel_id
)

select * from moved
