with gates as (
    select * from {{ source('predictions', 'gate_results') }}
),

gate_labels as (
    select * from {{ ref('gate_labels') }}
),

fits as (
    select
        company_id,
        fit_id,
        as_of_date,
        data_through_date,
        status,
        fitted_at,
        row_number() over (
            partition by company_id
            order by fitted_at desc, as_of_date desc, fit_id desc
        ) as recency_rank
    from {{ source('predictions', 'model_fits') }}
),

current_fits as (
    select
        company_id,
        min(fit_id) as fit_id
    from {{ source('predictions', 'predictions_customer') }}
    group by company_id
),

joined as (
    select
        gates.company_id,
        gates.fit_id,
        gates.gate,
        coalesce(gate_labels.label_es, gates.gate) as gate_label_es,
        coalesce(gate_labels.label_en, gates.gate) as gate_label_en,
        gates.outcome,
        gates.observed,
        gates.threshold,
        coalesce(gates.message_es, gates.message) as message_es,
        gates.message as message_en,
        fits.as_of_date,
        fits.data_through_date,
        fits.status,
        current_fits.fit_id is not null as is_current,
        fits.fitted_at
    from gates
    inner join fits
        on
            gates.company_id = fits.company_id
            and gates.fit_id = fits.fit_id
            and fits.recency_rank = 1
    left join gate_labels
        on gates.gate = gate_labels.gate
    left join current_fits
        on
            gates.company_id = current_fits.company_id
            and gates.fit_id = current_fits.fit_id
)

select * from joined
