with scenarios as (
    select * from {{ source('predictions', 'budget_scenarios') }}
),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'scenario'
),

channels as (
    select * from {{ ref('channels') }}
),

labelled as (
    select
        scenarios.company_id,
        scenarios.outcome_unit,
        scenarios.scenario,
        coalesce(
            labels.label_es,
            'Sin ' || coalesce(channels.label_es, scenarios.scenario)
        ) as scenario_label_es,
        coalesce(
            labels.label_en,
            'Without ' || coalesce(channels.label_en, scenarios.scenario)
        ) as scenario_label_en,
        scenarios.horizon_days,
        scenarios.status,
        scenarios.reason,
        scenarios.current_spend,
        scenarios.projected_spend,
        scenarios.current_income,
        scenarios.projected_income,
        scenarios.current_profit,
        scenarios.projected_profit,
        scenarios.gain,
        scenarios.gain_lower,
        scenarios.gain_upper,
        scenarios.gain / nullif(scenarios.current_income, 0) as gain_rate,
        scenarios.probability_better,
        scenarios.currency_code,
        scenarios.as_of_date
    from scenarios
    left join labels
        on scenarios.scenario = labels.term
    left join channels
        on scenarios.scenario = 'without_' || channels.channel_id
)

select * from labelled
