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

companies as (
    select
        company_id,
        gross_margin_rate
    from {{ ref('companies') }}
),

current_totals as (
    select
        company_id,
        outcome_unit,
        sum(current_expected) as current_media_income
    from scenario_channels
    group by company_id, outcome_unit
),

ranges as (
    select
        company_id,
        outcome_unit,
        horizon_days,
        min(total_budget) as smallest_budget,
        max(total_budget) as largest_budget
    from grid
    group by company_id, outcome_unit, horizon_days
),

-- Beyond the grid nothing is known: the nearest end answers, and says so.
asked as (
    select
        ranges.company_id,
        ranges.outcome_unit,
        ranges.horizon_days,
        scenarios.current_spend as total_current_spend,
        scenarios.current_income,
        least(
            greatest(
                coalesce({{ argument('budget') }}, scenarios.current_spend),
                ranges.smallest_budget
            ),
            ranges.largest_budget
        ) as total_budget,
        coalesce({{ argument('budget') }}, scenarios.current_spend)
        between ranges.smallest_budget and ranges.largest_budget
            as is_within_grid
    from ranges
    inner join scenarios
        on
            ranges.company_id = scenarios.company_id
            and ranges.outcome_unit = scenarios.outcome_unit
            and ranges.horizon_days = scenarios.horizon_days
),

found as (
    select
        grid.company_id,
        grid.outcome_unit,
        grid.horizon_days,
        grid.channel_id,
        grid.channel_name,
        grid.currency_code,
        grid.as_of_date,
        grid.is_observed,
        grid.recommended_spend,
        grid.next_recommended_spend,
        grid.expected,
        grid.next_expected,
        grid.total_expected,
        grid.next_total_expected,
        grid.total_expected_lower,
        grid.next_total_expected_lower,
        grid.total_expected_upper,
        grid.next_total_expected_upper,
        grid.total_gain_lower,
        grid.next_total_gain_lower,
        grid.total_gain_upper,
        grid.next_total_gain_upper,
        grid.probability_better,
        grid.next_probability_better,
        asked.total_budget,
        asked.is_within_grid,
        asked.total_current_spend,
        asked.current_income,
        -- Share (0-1) of the way to the next row; 0 in the last one.
        coalesce(
            (asked.total_budget - grid.total_budget)
            / nullif(grid.next_total_budget - grid.total_budget, 0),
            0
        ) as way
    from grid
    inner join asked
        on
            grid.company_id = asked.company_id
            and grid.outcome_unit = asked.outcome_unit
            and grid.horizon_days = asked.horizon_days
            and grid.total_budget <= asked.total_budget
            and (
                grid.next_total_budget > asked.total_budget
                or grid.next_total_budget is null
            )
),

interpolated as (
    select
        *,
        recommended_spend
        + way
        * (
            coalesce(next_recommended_spend, recommended_spend)
            - recommended_spend
        ) as spend,
        expected
        + way * (coalesce(next_expected, expected) - expected) as brought,
        total_expected
        + way
        * (
            coalesce(next_total_expected, total_expected) - total_expected
        ) as media_income,
        total_expected_lower
        + way
        * (
            coalesce(next_total_expected_lower, total_expected_lower)
            - total_expected_lower
        ) as media_income_lower,
        total_expected_upper
        + way
        * (
            coalesce(next_total_expected_upper, total_expected_upper)
            - total_expected_upper
        ) as media_income_upper,
        total_gain_lower
        + way
        * (coalesce(next_total_gain_lower, total_gain_lower) - total_gain_lower)
            as gain_lower,
        total_gain_upper
        + way
        * (coalesce(next_total_gain_upper, total_gain_upper) - total_gain_upper)
            as gain_upper,
        probability_better
        + way
        * (
            coalesce(next_probability_better, probability_better)
            - probability_better
        ) as better
    from found
),

compared as (
    select
        interpolated.company_id,
        interpolated.outcome_unit,
        interpolated.horizon_days,
        interpolated.total_budget,
        interpolated.is_within_grid,
        interpolated.channel_id,
        interpolated.channel_name,
        scenario_channels.current_spend,
        interpolated.spend::numeric(24, 6) as recommended_spend,
        scenario_channels.current_expected,
        interpolated.brought as expected,
        interpolated.is_observed,
        interpolated.total_current_spend,
        interpolated.media_income,
        interpolated.media_income_lower,
        interpolated.media_income_upper,
        interpolated.gain_lower,
        interpolated.gain_upper,
        interpolated.better as probability_better,
        interpolated.current_income,
        -- What is sold without these channels stays as it is.
        interpolated.current_income
        - current_totals.current_media_income
        + interpolated.media_income as projected_income,
        companies.gross_margin_rate,
        interpolated.currency_code,
        interpolated.as_of_date
    from interpolated
    inner join companies
        on interpolated.company_id = companies.company_id
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
        total_budget,
        is_within_grid,
        channel_id,
        channel_name,
        current_spend,
        recommended_spend,
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
        case
            when outcome_unit = 'revenue'
                then current_income * gross_margin_rate - total_current_spend
        end as current_profit,
        case
            when outcome_unit = 'revenue'
                then projected_income * gross_margin_rate - total_budget
        end as projected_profit,
        currency_code,
        as_of_date
    from compared
)

select * from answered
