with effects as (
    select * from {{ source('predictions', 'account_queue_effects') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'effect'
),

told as (
    select
        effects.company_id,
        effects.effect_name,
        labels.place,
        labels.label_es as effect_label_es,
        labels.label_en as effect_label_en,
        effects.status,
        effects.verdict_es,
        effects.verdict_en,
        effects.acted_count,
        effects.acted_hit_count,
        effects.acted_ratio,
        effects.acted_ratio_lower,
        effects.acted_ratio_upper,
        effects.watched_count,
        effects.watched_hit_count,
        effects.watched_ratio,
        effects.watched_ratio_lower,
        effects.watched_ratio_upper,
        effects.difference as queue_effect_ratio,
        effects.difference_lower as queue_effect_lower,
        effects.difference_upper as queue_effect_upper,
        effects.as_of_date
    from effects
    inner join labels
        on effects.effect_name = labels.word
)

select * from told
