with contributions as (
    select * from {{ source('predictions', 'marketing_contributions') }}
),

channels as (
    select * from {{ ref('channels') }}
),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'contribution'
),

labelled as (
    select
        contributions.company_id,
        contributions.outcome_unit,
        contributions.calendar_date,
        contributions.component,
        contributions.kind,
        coalesce(channels.label_es, labels.label_es, contributions.kind)
            as component_label_es,
        coalesce(channels.label_en, labels.label_en, contributions.kind)
            as component_label_en,
        contributions.contribution,
        contributions.contribution_lower,
        contributions.contribution_upper,
        contributions.as_of_date
    from contributions
    left join channels
        on contributions.component = channels.channel_id
    left join labels
        on contributions.kind = labels.term
)

select * from labelled
