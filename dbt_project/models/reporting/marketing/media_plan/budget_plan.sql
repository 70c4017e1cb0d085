with grid as (
    select * from {{ ref('budget_grid') }}
),

scenarios as (
    select * from {{ ref('budget_scenarios') }}
    where scenario = 'current'
),

scenario_channels as (
    select * from {{ ref('budget_scenario_channels') }}
    where scenario = 'current'
),

margins as (
    select * from {{ ref('contribution_margins') }}
),

-- What plans by value weigh: revenue where value is not known.
bases as (
    select
        company_id,
        max(value_basis) as value_basis
    from {{ ref('marketing_curves') }}
    group by company_id
),

current_totals as (
    select
        company_id,
        outcome_unit,
        sum(current_expected) as current_media_income
    from scenario_channels
    group by company_id, outcome_unit
),

budgets as (
    select
        company_id,
        outcome_unit,
        horizon_days,
        total_budget,
        sum(recommended_spend) as placed_budget,
        max(total_expected) as brought
    from grid
    group by company_id, outcome_unit, horizon_days, total_budget
),

ranges as (
    select
        budgets.company_id,
        budgets.outcome_unit,
        budgets.horizon_days,
        min(budgets.total_budget) as smallest_budget,
        max(budgets.total_budget) as largest_budget,
        max(budgets.placed_budget) as most_placed,
        -- What leaves most: from there on, more costs more than it brings.
        (array_agg(
            budgets.placed_budget
            order by
                margins.contribution_margin_rate * budgets.brought
                - budgets.placed_budget desc,
                budgets.placed_budget asc
        ) filter (where margins.contribution_margin_rate is not null))[1]
            as best_budget
    from budgets
    left join margins
        on budgets.company_id = margins.company_id
    group by budgets.company_id, budgets.outcome_unit, budgets.horizon_days
),

asked as (
    select
        ranges.*,
        scenarios.current_spend as total_current_spend,
        scenarios.current_income,
        coalesce({{ argument('budget') }}, scenarios.current_spend)
            as asked_budget
    from ranges
    inner join scenarios
        on
            ranges.company_id = scenarios.company_id
            and ranges.outcome_unit = scenarios.outcome_unit
            and ranges.horizon_days = scenarios.horizon_days
),

-- Beyond the grid nothing is known: the nearest end answers, and says so.
answerable as (
    select
        *,
        least(greatest(asked_budget, smallest_budget), largest_budget)
            as answered_budget
    from asked
),

found as (
    select
        grid.*,
        answerable.asked_budget,
        answerable.answered_budget,
        answerable.most_placed,
        answerable.best_budget,
        answerable.total_current_spend,
        answerable.current_income,
        -- Share (0-1) of the way to the next row; 0 in the last one.
        coalesce(
            (answerable.answered_budget - grid.total_budget)
            / nullif(grid.next_total_budget - grid.total_budget, 0),
            0
        ) as way
    from grid
    inner join answerable
        on
            grid.company_id = answerable.company_id
            and grid.outcome_unit = answerable.outcome_unit
            and grid.horizon_days = answerable.horizon_days
            and grid.total_budget <= answerable.answered_budget
            and (
                grid.next_total_budget > answerable.answered_budget
                or grid.next_total_budget is null
            )
),

interpolated as (
    select
        company_id,
        outcome_unit,
        horizon_days,
        channel_id,
        channel_label_es,
        channel_label_en,
        is_observed,
        asked_budget,
        answered_budget,
        most_placed,
        best_budget,
        total_current_spend,
        current_income,
        currency_code,
        as_of_date,
        {{ on_the_line('recommended_spend') }} as recommended_spend,
        {{ on_the_line('expected') }} as expected,
        {{ on_the_line('total_expected') }} as media_income,
        {{ on_the_line('total_expected_lower') }} as media_income_lower,
        {{ on_the_line('total_expected_upper') }} as media_income_upper,
        {{ on_the_line('total_gain_lower') }} as gain_lower,
        {{ on_the_line('total_gain_upper') }} as gain_upper,
        {{ on_the_line('probability_better') }} as probability_better
    from found
),

placed as (
    select
        interpolated.*,
        sum(interpolated.recommended_spend) over (
            partition by
                interpolated.company_id,
                interpolated.outcome_unit,
                interpolated.horizon_days
        ) as placed_budget,
        scenario_channels.current_spend,
        scenario_channels.current_expected,
        -- What is sold without these channels stays as it is.
        interpolated.current_income
        - current_totals.current_media_income
        + interpolated.media_income as projected_income,
        case
            when interpolated.outcome_unit in ('revenue', 'value_12m')
                then margins.contribution_margin_rate
        end as margin_rate,
        case
            when interpolated.outcome_unit = 'value_12m'
                then coalesce(bases.value_basis, 'value_12m')
            else interpolated.outcome_unit
        end as weighed_by
    from interpolated
    left join margins
        on interpolated.company_id = margins.company_id
    left join bases
        on interpolated.company_id = bases.company_id
    inner join current_totals
        on
            interpolated.company_id = current_totals.company_id
            and interpolated.outcome_unit = current_totals.outcome_unit
    left join scenario_channels
        on
            interpolated.company_id = scenario_channels.company_id
            and interpolated.outcome_unit = scenario_channels.outcome_unit
            and interpolated.channel_id = scenario_channels.channel_id
),

answered as (
    select
        company_id,
        outcome_unit,
        horizon_days,
        asked_budget,
        answered_budget as total_budget,
        placed_budget::numeric(24, 6) as placed_budget,
        greatest(asked_budget - placed_budget, 0)::numeric(24, 6)
            as unplaced_budget,
        case
            when margin_rate is not null and best_budget < most_placed
                then best_budget
        end as worthwhile_budget,
        asked_budget = answered_budget as is_within_grid,
        channel_id,
        channel_label_es,
        channel_label_en,
        current_spend,
        recommended_spend::numeric(24, 6) as recommended_spend,
        current_expected,
        expected,
        is_observed,
        total_current_spend,
        media_income,
        media_income_lower,
        media_income_upper,
        current_income,
        projected_income,
        projected_income / nullif(current_income, 0) - 1 as gain_rate,
        gain_lower,
        gain_upper,
        probability_better,
        current_income * margin_rate - total_current_spend as current_profit,
        projected_income * margin_rate - placed_budget as projected_profit,
        weighed_by,
        currency_code,
        as_of_date
    from placed
)

select * from answered
