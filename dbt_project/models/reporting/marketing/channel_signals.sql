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

margins as (
    select * from {{ ref('contribution_margins') }}
),

mixes as (
    select * from {{ source('predictions', 'media_mix_fits') }}
),

plans as (
    select * from {{ ref('budget_scenarios') }}
    where is_proven
),

channels as (
    select * from {{ ref('channels') }}
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
        curves.channel_label_es,
        curves.channel_label_en,
        curves.currency_code,
        curves.marginal_return,
        curves.marginal_return_lower,
        curves.marginal_return_upper,
        curves.marginal_value_return,
        curves.marginal_value_return_lower,
        curves.marginal_value_return_upper,
        -- Nobody agreed on it: the last unit spent earns itself back.
        coalesce(targets.marginal_return_target, 1)::numeric(8, 3)
            as marginal_return_target,
        targets.company_id is null as is_default_target,
        recommended.current_spend,
        recommended.projected_spend as recommended_spend,
        curves.saturation_spend,
        curves.saturation_days,
        curves.as_of_date,
        mixes.day_count,
        plans.company_id is not null as is_plan_proven,
        -- What the mix of the margin counts is margin already.
        case curves.outcome_unit
            when 'margin' then 1
            when 'orders' then null
            else margins.contribution_margin_rate
        end as margin_rate
    from curves
    left join margins
        on curves.company_id = margins.company_id
    left join mixes
        on
            curves.company_id = mixes.company_id
            and curves.fit_id = mixes.fit_id
    left join plans
        on
            curves.company_id = plans.company_id
            and curves.outcome_unit = plans.outcome_unit
    left join recommended
        on
            curves.company_id = recommended.company_id
            and curves.outcome_unit = recommended.outcome_unit
            and curves.channel_id = recommended.channel_id
    left join targets
        on curves.company_id = targets.company_id
),

earned as (
    select
        *,
        marginal_value_return is not null as is_by_value,
        coalesce(marginal_value_return, marginal_return)
        * margin_rate - 1 as marginal_profit,
        -- Where a sale leaves less than nothing, more sales leave less.
        least(
            coalesce(marginal_value_return_lower, marginal_return_lower)
            * margin_rate,
            coalesce(marginal_value_return_upper, marginal_return_upper)
            * margin_rate
        ) - 1 as marginal_profit_lower,
        greatest(
            coalesce(marginal_value_return_lower, marginal_return_lower)
            * margin_rate,
            coalesce(marginal_value_return_upper, marginal_return_upper)
            * margin_rate
        ) - 1 as marginal_profit_upper
    from compared
),

signalled as (
    select
        *,
        case
            when marginal_return is null or outcome_unit = 'orders' then 'none'
            when marginal_profit_lower >= 0 then 'green'
            when marginal_profit_upper < 0 then 'red'
            when margin_rate is not null then 'amber'
            when marginal_return_lower >= marginal_return_target then 'green'
            when marginal_return_upper < marginal_return_target then 'red'
            else 'amber'
        end as traffic_light
    from earned
),

-- Where more may be advised: what can be bought and has a cost, earns for sure,
-- and is not cut by the split that is advised.
steepest as (
    select distinct on (signalled.company_id, signalled.outcome_unit)
        signalled.company_id,
        signalled.outcome_unit,
        signalled.channel_id,
        signalled.marginal_profit,
        signalled.marginal_profit_lower,
        signalled.marginal_profit_upper
    from signalled
    inner join channels
        on signalled.channel_id = channels.channel_id
    where
        channels.is_paid
        and signalled.current_spend > 0
        and signalled.marginal_profit_lower > 0
        and not (
            signalled.is_plan_proven
            and signalled.recommended_spend < signalled.current_spend
        )
    order by
        signalled.company_id asc,
        signalled.outcome_unit asc,
        signalled.marginal_profit desc,
        signalled.channel_id asc
),

labelled as (
    select
        signalled.company_id,
        signalled.outcome_unit,
        signalled.channel_id,
        signalled.channel_label_es,
        signalled.channel_label_en,
        signalled.traffic_light,
        labels.label_es as traffic_light_label_es,
        labels.label_en as traffic_light_label_en,
        signalled.marginal_return,
        signalled.marginal_return_lower,
        signalled.marginal_return_upper,
        signalled.marginal_value_return,
        signalled.marginal_value_return_lower,
        signalled.marginal_value_return_upper,
        signalled.is_by_value,
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
        signalled.as_of_date,
        signalled.margin_rate,
        signalled.marginal_profit,
        signalled.marginal_profit_lower,
        signalled.marginal_profit_upper,
        case
            when signalled.is_plan_proven
                then signalled.recommended_spend - signalled.current_spend
        end as suggested_shift,
        signalled.day_count,
        steepest.channel_id as steepest_channel_id,
        steepest.marginal_profit as steepest_marginal_profit,
        steepest.marginal_profit_lower as steepest_marginal_profit_lower,
        steepest.marginal_profit_upper as steepest_marginal_profit_upper
    from signalled
    left join steepest
        on
            signalled.company_id = steepest.company_id
            and signalled.outcome_unit = steepest.outcome_unit
    left join labels
        on signalled.traffic_light = labels.term
)

select * from labelled
