with fits as (
    select
        *,
        row_number() over (
            partition by company_id, outcome_unit
            order by fitted_at desc, as_of_date desc, fit_id desc
        ) as recency_rank
    from {{ source('predictions', 'media_mix_fits') }}
),

gates as (
    select * from {{ source('predictions', 'gate_results') }}
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
        {{ with_channel_names(
            'coalesce(gates.message_es, gates.message)', 'es'
        ) }} as message_es,
        {{ with_channel_names('gates.message', 'en') }} as message_en,
        fits.status,
        {{ with_channel_names(
            'coalesce(fits.reason_es, fits.reason)', 'es'
        ) }} as reason_es,
        {{ with_channel_names('fits.reason', 'en') }} as reason_en,
        fits.status <> 'published'
        and curves.published_as_of_date is not null as is_stale,
        curves.published_as_of_date,
        fits.fit_id,
        fits.as_of_date,
        fits.data_through_date,
        fits.fitted_at
    from fits
    inner join gates
        on
            fits.company_id = gates.company_id
            and fits.fit_id = gates.fit_id
    left join gate_labels
        on gates.gate = gate_labels.gate
    left join curves
        on
            fits.company_id = curves.company_id
            and fits.outcome_unit = curves.outcome_unit
    where fits.recency_rank = 1
)

select * from joined
