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

mixes as (
    select * from {{ source('predictions', 'media_mix_fits') }}
),

plans as (
    select * from {{ source('predictions', 'budget_scenario_channels') }}
    where scenario = 'recommended'
),

curves as (
    select * from {{ source('predictions', 'marketing_curves') }}
),

-- Nobody has spent that much on any day: what it would bring is a guess.
unseen as (
    select distinct
        plans.company_id,
        plans.outcome_unit,
        plans.scenario
    from plans
    inner join curves
        on
            plans.company_id = curves.company_id
            and plans.outcome_unit = curves.outcome_unit
            and plans.channel_id = curves.channel_id
    where plans.projected_spend > 30 * curves.largest_spend
),

-- Plans by value are of the same curves, unless value is not known.
bases as (
    select
        company_id,
        max(value_basis) as value_basis
    from curves
    where outcome_unit = 'revenue'
    group by company_id
),

values_12m as (
    select scenarios.*
    from scenarios
    inner join bases
        on scenarios.company_id = bases.company_id
    where
        scenarios.outcome_unit = 'value_12m'
        and bases.value_basis = 'value_12m'
),

-- The channel that gives most and the one that gets most: the largest move.
ends as (
    select
        company_id,
        outcome_unit,
        scenario,
        (array_agg(
            channel_id
            order by projected_spend - current_spend, channel_id
        ))[1] as from_channel_id,
        (array_agg(
            channel_id
            order by current_spend - projected_spend, channel_id
        ))[1] as to_channel_id,
        least(
            max(current_spend - projected_spend),
            max(projected_spend - current_spend)
        ) as shift_spend
    from plans
    group by company_id, outcome_unit, scenario
),

shifts as (
    select
        ends.*,
        unseen.company_id is null as is_seen
    from ends
    left join unseen
        on
            ends.company_id = unseen.company_id
            and ends.outcome_unit = unseen.outcome_unit
            and ends.scenario = unseen.scenario
),

-- What the plan by value does with the ends of the largest move by sales.
opposed as (
    select distinct
        ends.company_id,
        ends.outcome_unit
    from ends
    inner join values_12m
        on
            ends.company_id = values_12m.company_id
            and ends.scenario = values_12m.scenario
    inner join plans
        on
            values_12m.company_id = plans.company_id
            and values_12m.outcome_unit = plans.outcome_unit
    where
        ends.outcome_unit <> plans.outcome_unit
        and case plans.channel_id
            when ends.to_channel_id
                then plans.projected_spend < plans.current_spend - 1
            when ends.from_channel_id
                then plans.projected_spend > plans.current_spend + 1
        end
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

-- Of sales a margin is kept; what is spent more is gone.
kept as (
    select
        scenarios.company_id,
        scenarios.outcome_unit,
        scenarios.scenario,
        margins.contribution_margin_rate::double precision as margin_rate,
        (scenarios.projected_spend - scenarios.current_spend)
        ::double precision as more_spend
    from scenarios
    left join margins
        on scenarios.company_id = margins.company_id
    where scenarios.outcome_unit = 'revenue'
),

proven as (
    select
        scenarios.company_id,
        scenarios.outcome_unit,
        scenarios.scenario,
        shifts.from_channel_id,
        shifts.to_channel_id,
        shifts.shift_spend,
        opposed.company_id is not null as is_against_value
    from scenarios
    inner join shifts
        on
            scenarios.company_id = shifts.company_id
            and scenarios.outcome_unit = shifts.outcome_unit
            and scenarios.scenario = shifts.scenario
    left join opposed
        on
            shifts.company_id = opposed.company_id
            and shifts.outcome_unit = opposed.outcome_unit
    where
        scenarios.gain_lower > 0
        and shifts.is_seen
        -- Less than one unit of money is no move.
        and shifts.shift_spend >= 1
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
        values_12m.gain as value_gain,
        values_12m.gain_lower as value_gain_lower,
        values_12m.gain_upper as value_gain_upper,
        values_12m.projected_profit as value_profit,
        kept.margin_rate * scenarios.gain - kept.more_spend
            as contribution_gain,
        -- Where a sale leaves less than nothing, more sales leave less.
        least(
            kept.margin_rate * scenarios.gain_lower,
            kept.margin_rate * scenarios.gain_upper
        ) - kept.more_spend as contribution_gain_lower,
        greatest(
            kept.margin_rate * scenarios.gain_lower,
            kept.margin_rate * scenarios.gain_upper
        ) - kept.more_spend as contribution_gain_upper,
        scenarios.probability_better,
        {{ probability_label('scenarios.probability_better') }}
            as probability_better_label,
        scenarios.currency_code,
        scenarios.as_of_date,
        mixes.day_count,
        coalesce(not proven.is_against_value, false) as is_proven,
        coalesce(proven.is_against_value, false) as is_against_value,
        proven.from_channel_id as shift_from_channel_id,
        proven.to_channel_id as shift_to_channel_id,
        proven.shift_spend
    from scenarios
    left join mixes
        on
            scenarios.company_id = mixes.company_id
            and scenarios.fit_id = mixes.fit_id
    left join proven
        on
            scenarios.company_id = proven.company_id
            and scenarios.outcome_unit = proven.outcome_unit
            and scenarios.scenario = proven.scenario
    left join values_12m
        on
            scenarios.company_id = values_12m.company_id
            and scenarios.scenario = values_12m.scenario
            and scenarios.outcome_unit = 'revenue'
    left join kept
        on
            scenarios.company_id = kept.company_id
            and scenarios.outcome_unit = kept.outcome_unit
            and scenarios.scenario = kept.scenario
    left join labels
        on scenarios.scenario = labels.term
    left join channels
        on scenarios.scenario = 'without_' || channels.channel_id
)

select * from labelled
