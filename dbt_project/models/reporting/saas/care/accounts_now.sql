with standing as (
    select * from {{ source('predictions', 'account_health') }}
),

inputs as (
    select * from {{ ref('account_health_inputs') }}
),

accounts as (
    select * from {{ ref('accounts') }}
),

chances as (
    select * from {{ source('predictions', 'account_churn') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

joined as (
    select
        standing.company_id,
        standing.account_id,
        coalesce(accounts.account_name, standing.account_id) as account_name,
        accounts.cs_manager,
        standing.as_of_date,
        inputs.mrr_amount,
        inputs.contract_end_date,
        standing.score as account_health_score,
        standing.coverage_ratio,
        standing.band,
        bands.place as band_place,
        bands.label_es as band_label_es,
        bands.label_en as band_label_en,
        standing.usage_intensity,
        standing.feature_adoption,
        standing.support_interactions,
        standing.payment_history,
        standing.engagement_level,
        standing.score_change,
        standing.moves_es,
        standing.moves_en,
        sooner.probability as leave_probability_30,
        later.probability as leave_probability_90,
        standing.trigger_name,
        triggers.label_es as trigger_label_es,
        triggers.label_en as trigger_label_en,
        standing.known_signal_count,
        steps.label_es as next_step_es,
        steps.label_en as next_step_en,
        standing.risk_place
    from standing
    inner join inputs
        on
            standing.company_id = inputs.company_id
            and standing.account_id = inputs.account_id
            and standing.as_of_date = inputs.scored_on
    left join chances as sooner
        on
            standing.company_id = sooner.company_id
            and standing.account_id = sooner.account_id
            and sooner.horizon_days = 30
    left join chances as later
        on
            standing.company_id = later.company_id
            and standing.account_id = later.account_id
            and later.horizon_days = 90
    left join accounts
        on
            standing.company_id = accounts.company_id
            and standing.account_id = accounts.account_id
    inner join labels as bands
        on
            standing.band = bands.word
            and bands.kind = 'band'
    inner join labels as triggers
        on
            standing.trigger_name = triggers.word
            and triggers.kind = 'trigger'
    inner join labels as steps
        on
            standing.next_step = steps.word
            and steps.kind = 'step'
)

select * from joined
