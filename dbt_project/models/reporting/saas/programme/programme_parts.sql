with told as (
    select * from {{ source('predictions', 'programme_parts') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

labelled as (
    select
        told.company_id,
        parts.place,
        parts.label_es as part_label_es,
        parts.label_en as part_label_en,
        told.part,
        told.acted_count,
        told.watched_count,
        told.needed_count,
        told.effect,
        told.effect_lower,
        told.effect_upper,
        told.margin_amount,
        told.margin_lower,
        told.margin_upper,
        told.verdict,
        verdicts.label_es as verdict_label_es,
        verdicts.label_en as verdict_label_en,
        told.as_of_date
    from told
    inner join labels as verdicts
        on verdicts.kind = 'told' and told.verdict = verdicts.word
    inner join labels as parts
        on parts.kind = 'part' and told.part = parts.word
)

select * from labelled
