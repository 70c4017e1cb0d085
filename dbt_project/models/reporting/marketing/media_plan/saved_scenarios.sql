with requests as (
    select * from {{ source('ops', 'action_requests') }}
    where kind = 'scenario'
),

scenarios as (select * from {{ source('predictions', 'scenarios') }}),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'saved_scenario'
),

states as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'request_state'
),

refusals as (
    select * from {{ ref('scenario_refusals') }}
),

joined as (
    select
        requests.company_id,
        requests.id::text as scenario_id,
        left(requests.payload ->> 'name', 80) as scenario_name,
        requests.requested_at,
        requests.requested_by,
        requests.state,
        states.label_es as state_label_es,
        states.label_en as state_label_en,
        {{ filled_in('refusals.template_es', 'requests.reason_facts') }}
            as refusal_es,
        {{ filled_in('refusals.template_en', 'requests.reason_facts') }}
            as refusal_en,
        scenarios.start_date,
        scenarios.end_date,
        scenarios.current_spend,
        scenarios.projected_spend,
        scenarios.asked_budget,
        scenarios.worthwhile_spend,
        scenarios.current_income,
        scenarios.projected_income,
        scenarios.income_gain,
        scenarios.income_gain_lower,
        scenarios.income_gain_upper,
        scenarios.probability_more_income,
        {{ probability_label('scenarios.probability_more_income') }}
            as probability_more_income_label,
        scenarios.current_profit,
        scenarios.projected_profit,
        scenarios.profit_gain,
        scenarios.profit_gain_lower,
        scenarios.profit_gain_upper,
        scenarios.probability_more_profit,
        {{ probability_label('scenarios.probability_more_profit') }}
            as probability_more_profit_label,
        scenarios.value_basis,
        scenarios.value_reason,
        scenarios.current_value,
        scenarios.projected_value,
        scenarios.value_gain,
        scenarios.value_gain_lower,
        scenarios.value_gain_upper,
        scenarios.probability_more_value,
        {{ probability_label('scenarios.probability_more_value') }}
            as probability_more_value_label,
        scenarios.margin_rate,
        scenarios.baseline_income,
        scenarios.currency_code,
        scenarios.fit_id,
        scenarios.data_through_date,
        scenarios.data_hash,
        scenarios.seal,
        requests.finished_at
    from requests
    left join states on requests.state = states.term
    left join refusals on requests.reason_code = refusals.reason_code
    left join scenarios
        on
            requests.company_id = scenarios.company_id
            and requests.id = scenarios.scenario_id
),

labelled as (
    select
        joined.*,
        coalesce(labels.label_es, joined.scenario_name, '?')
            as scenario_label_es,
        coalesce(labels.label_en, joined.scenario_name, '?')
            as scenario_label_en
    from joined
    left join labels
        on
            joined.scenario_name = labels.term
            and joined.requested_by = 'timonel'
)

select * from labelled
