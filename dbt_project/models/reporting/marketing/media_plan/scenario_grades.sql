-- A share of the spend: beyond it the plan was not followed.
{% set followed_within = 0.1 %}

with scenarios as (
    select * from {{ source('predictions', 'scenarios') }}
),

outcomes as (
    select * from {{ source('predictions', 'scenario_outcomes') }}
),

channel_days as (
    select * from {{ ref('channel_days') }}
),

runs as (
    select
        company_id,
        as_of_date
    from {{ source('ops', 'runs') }}
    where status = 'succeeded'
),

-- How far the numbers reach: a day that is not over is not graded.
compared as (
    select
        scenarios.*,
        outcomes.actual_spend,
        outcomes.actual_income,
        outcomes.spend_deviation,
        outcomes.actual_gain,
        case
            when
                outcomes.scenario_id is null
                or not exists (
                    select 1 from runs
                    where
                        runs.company_id = scenarios.company_id
                        and runs.as_of_date >= scenarios.end_date
                )
                then 'not_due'
            when
                not exists (
                    select 1 from channel_days
                    where
                        channel_days.company_id = scenarios.company_id
                        and channel_days.calendar_date >= scenarios.end_date - 7
                        and channel_days.spend is not null
                )
                then 'not_known'
            when outcomes.spend_deviation > {{ followed_within }}
                then 'not_followed'
            else 'graded'
        end as state
    from scenarios
    left join outcomes
        on
            scenarios.company_id = outcomes.company_id
            and scenarios.scenario_id = outcomes.scenario_id
),

graded as (
    select
        company_id,
        scenario_id::text as scenario_id,
        name as scenario_name,
        state,
        start_date,
        end_date,
        projected_spend,
        projected_income,
        case when state <> 'not_due' then actual_spend end as actual_spend,
        case when state <> 'not_due' then actual_income end as actual_income,
        case
            when state <> 'not_due'
                then actual_spend / nullif(projected_spend, 0) - 1
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
        case when state = 'graded' then actual_gain end as actual_gain,
        case
            when state = 'graded'
                then actual_gain between income_gain_lower and income_gain_upper
        end as is_gain_inside,
        currency_code
    from compared
)

select * from graded
