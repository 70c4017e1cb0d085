with fits as (
    select
        *,
        row_number() over (
            partition by company_id, outcome_unit
            order by fitted_at desc, as_of_date desc, fit_id desc
        ) as recency_rank
    from {{ source('predictions', 'media_mix_fits') }}
),

newest as (
    select * from fits
    where recency_rank = 1
),

gates as (
    select gates.*
    from {{ source('predictions', 'gate_results') }} as gates
    inner join newest
        on
            gates.company_id = newest.company_id
            and gates.fit_id = newest.fit_id
),

gate_labels as (
    select * from {{ ref('gate_labels') }}
),

channels as (
    select * from {{ ref('channels') }}
),

curves as (
    select
        company_id,
        outcome_unit,
        max(as_of_date) as published_as_of_date
    from {{ source('predictions', 'marketing_curves') }}
    group by company_id, outcome_unit
),

{{ with_channel_names('sentences', 'newest', gates='gates') }},

joined as (
    select
        fits.company_id,
        fits.outcome_unit,
        gates.gate,
        coalesce(gate_labels.label_es, gates.gate) as gate_label_es,
        coalesce(gate_labels.label_en, gates.gate) as gate_label_en,
        gates.outcome,
        gates.observed,
        gates.threshold,
        messages.told_es as message_es,
        messages.told_en as message_en,
        fits.status,
        reasons.told_es as reason_es,
        reasons.told_en as reason_en,
        fits.status <> 'published'
        and curves.published_as_of_date is not null as is_stale,
        curves.published_as_of_date,
        fits.fit_id,
        fits.as_of_date,
        fits.data_through_date,
        fits.fitted_at
    from newest as fits
    inner join gates
        on
            fits.company_id = gates.company_id
            and fits.fit_id = gates.fit_id
    left join sentences as messages
        on
            gates.company_id = messages.company_id
            and gates.fit_id = messages.fit_id
            and gates.gate = messages.gate
    left join sentences as reasons
        on
            fits.company_id = reasons.company_id
            and fits.fit_id = reasons.fit_id
            and reasons.gate is null
    left join gate_labels
        on gates.gate = gate_labels.gate
    left join curves
        on
            fits.company_id = curves.company_id
            and fits.outcome_unit = curves.outcome_unit
)

select * from joined
