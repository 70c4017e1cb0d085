-- A share of the spend: beyond it the plan was not followed.
{% set followed_within = 0.1 %}

with scenarios as (
    select
        company_id,
        scenario_id,
        name as scenario_name,
        start_date,
        end_date,
        projected_spend,
        projected_income,
        income_gain,
        income_gain_lower,
        income_gain_upper,
        currency_code,
        end_date - start_date + 1 as day_count
    from {{ source('predictions', 'scenarios') }}
),

plans as (
    select * from {{ source('predictions', 'scenario_channels') }}
),

channel_days as (
    select * from {{ ref('channel_days') }}
),

draws as (
    select * from {{ source('predictions', 'marketing_curve_draws') }}
    where outcome_unit = 'revenue'
),

-- How far the numbers reach: a day that is not over is not graded.
reached as (
    select
        company_id,
        max(as_of_date) as as_of_date
    from {{ source('ops', 'runs') }}
    where status = 'succeeded'
    group by company_id
),

incomes as (
    select
        scenarios.company_id,
        scenarios.scenario_id,
        sum(company_days.net_revenue) as actual_income
    from scenarios
    inner join {{ ref('company_days') }} as company_days
        on
            scenarios.company_id = company_days.company_id
            and company_days.calendar_date
            between scenarios.start_date and scenarios.end_date
    group by scenarios.company_id, scenarios.scenario_id
),

priced as (
    select
        company_id,
        max(calendar_date) as last_spend_date
    from channel_days
    where spend is not null
    group by company_id
),

-- Of the channels that were planned; the plan says nothing about others.
channel_spends as (
    select
        scenarios.company_id,
        scenarios.scenario_id,
        scenarios.end_date,
        scenarios.day_count,
        plans.channel_id,
        plans.current_spend,
        plans.projected_spend,
        coalesce(sum(channel_days.spend), 0) as actual_spend
    from scenarios
    inner join plans
        on
            scenarios.company_id = plans.company_id
            and scenarios.scenario_id = plans.scenario_id
    left join channel_days
        on
            plans.company_id = channel_days.company_id
            and plans.channel_id = channel_days.channel_id
            and channel_days.calendar_date
            between scenarios.start_date and scenarios.end_date
    group by
        scenarios.company_id,
        scenarios.scenario_id,
        scenarios.end_date,
        scenarios.day_count,
        plans.channel_id,
        plans.current_spend,
        plans.projected_spend
),

spends as (
    select
        company_id,
        scenario_id,
        sum(actual_spend) as actual_spend,
        coalesce(
            sum(abs(actual_spend - projected_spend))
            / nullif(greatest(sum(actual_spend), sum(projected_spend)), 0),
            0
        ) as spend_deviation
    from channel_spends
    group by company_id, scenario_id
),

-- What the spend brought more than going on as before, by curves fitted
-- to those days, too.
points as (
    select
        spent.company_id,
        spent.scenario_id,
        spent.day_count,
        draw.number as draw_number,
        draw.alpha,
        power(draw.half_saturation, draw.gamma) as half,
        power(
            spent.current_spend::double precision / spent.day_count, draw.gamma
        ) as spent_before,
        power(
            spent.actual_spend::double precision / spent.day_count, draw.gamma
        ) as spent_after
    from channel_spends as spent
    inner join draws
        on
            spent.company_id = draws.company_id
            and spent.channel_id = draws.channel_id
            and spent.end_date <= draws.data_through_date
    cross join lateral unnest(
        draws.alphas, draws.half_saturations, draws.gammas
    ) with ordinality as draw (alpha, half_saturation, gamma, number)
),

drawn as (
    select
        company_id,
        scenario_id,
        draw_number,
        sum(
            day_count * alpha * (
                spent_after / (half + spent_after)
                - spent_before / (half + spent_before)
            )
        ) as gain
    from points
    group by company_id, scenario_id, draw_number
),

gains as (
    select
        company_id,
        scenario_id,
        avg(gain) as actual_gain
    from drawn
    group by company_id, scenario_id
),

compared as (
    select
        scenarios.*,
        gains.actual_gain,
        coalesce(spends.spend_deviation, 0) as spend_deviation,
        coalesce(spends.actual_spend, 0)::numeric(18, 2) as actual_spend,
        coalesce(incomes.actual_income, 0)::numeric(18, 2) as actual_income,
        case
            when coalesce(reached.as_of_date < scenarios.end_date, true)
                then 'not_due'
            when
                priced.last_spend_date is null
                or priced.last_spend_date < scenarios.end_date - 7
                then 'not_known'
            when spends.spend_deviation > {{ followed_within }}
                then 'not_followed'
            else 'graded'
        end as state
    from scenarios
    left join reached
        on scenarios.company_id = reached.company_id
    left join priced
        on scenarios.company_id = priced.company_id
    left join incomes
        on
            scenarios.company_id = incomes.company_id
            and scenarios.scenario_id = incomes.scenario_id
    left join spends
        on
            scenarios.company_id = spends.company_id
            and scenarios.scenario_id = spends.scenario_id
    left join gains
        on
            scenarios.company_id = gains.company_id
            and scenarios.scenario_id = gains.scenario_id
),

graded as (
    select
        company_id,
        scenario_id::text as scenario_id,
        scenario_name,
        state,
        start_date,
        end_date,
        projected_spend,
        projected_income,
        case when state <> 'not_due' then actual_spend end
            as actual_spend,
        case when state <> 'not_due' then actual_income end
            as actual_income,
        case
            when state <> 'not_due'
                then
                    actual_spend / nullif(projected_spend, 0)
                    - 1
        end::numeric(18, 6) as spend_error,
        case when state <> 'not_due' then spend_deviation end
        ::numeric(18, 6) as spend_deviation,
        case
            when state = 'graded'
                then
                    projected_income
                    / nullif(actual_income::double precision, 0) - 1
        end as income_error,
        income_gain,
        income_gain_lower,
        income_gain_upper,
        case when state = 'graded' then actual_gain end
            as actual_gain,
        case
            when state = 'graded'
                then
                    actual_gain
                    between income_gain_lower
                    and income_gain_upper
        end as is_gain_inside,
        currency_code
    from compared
)

select * from graded
