with curves as (
    select * from {{ ref('marketing_curves') }}
),

recommended as (
    select * from {{ ref('budget_scenario_channels') }}
    where scenario = 'recommended'
),

targets as (
    select * from {{ source('ops', 'marketing_targets') }}
),

labels as (
    select * from {{ ref('media_mix_labels') }}
    where term_kind = 'signal'
),

compared as (
    select
        curves.company_id,
        curves.outcome_unit,
        curves.channel_id,
        curves.channel_name,
        curves.currency_code,
        curves.marginal_return,
        curves.marginal_return_lower,
        curves.marginal_return_upper,
        -- Nobody agreed on it: the last unit spent earns itself back.
        coalesce(targets.marginal_return_target, 1)::numeric(8, 3)
            as marginal_return_target,
        targets.company_id is null as is_default_target,
        recommended.current_spend,
        recommended.projected_spend as recommended_spend,
        curves.saturation_spend,
        curves.saturation_days,
        curves.as_of_date
    from curves
    left join recommended
        on
            curves.company_id = recommended.company_id
            and curves.outcome_unit = recommended.outcome_unit
            and curves.channel_id = recommended.channel_id
    left join targets
        on curves.company_id = targets.company_id
),

signalled as (
    select
        *,
        case
            when marginal_return is null or outcome_unit = 'orders' then 'none'
            when marginal_return_lower >= marginal_return_target then 'green'
            when marginal_return_upper < marginal_return_target then 'red'
            else 'amber'
        end as traffic_light
    from compared
),

labelled as (
    select
        signalled.company_id,
        signalled.outcome_unit,
        signalled.channel_id,
        signalled.channel_name,
        signalled.traffic_light,
        labels.label_es as traffic_light_label_es,
        labels.label_en as traffic_light_label_en,
        signalled.marginal_return,
        signalled.marginal_return_lower,
        signalled.marginal_return_upper,
        signalled.marginal_return_target,
        signalled.is_default_target,
        signalled.current_spend,
        signalled.recommended_spend,
        (
            signalled.recommended_spend / nullif(signalled.current_spend, 0) - 1
        )::numeric(18, 6) as recommended_change,
        signalled.saturation_spend,
        signalled.saturation_days,
        signalled.currency_code,
        signalled.as_of_date
    from signalled
    left join labels
        on signalled.traffic_light = labels.term
)

select * from labelled
