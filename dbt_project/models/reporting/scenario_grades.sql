with scenarios as (
    select
        company_id,
        scenario_id,
        name as scenario_name,
        start_date,
        end_date,
        projected_spend,
        projected_income,
        currency_code
    from {{ source('predictions', 'scenarios') }}
),

plans as (
    select * from {{ source('predictions', 'scenario_channels') }}
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

-- Of the channels that were planned; the plan says nothing about others.
spends as (
    select
        scenarios.company_id,
        scenarios.scenario_id,
        sum(channel_days.spend) as actual_spend
    from scenarios
    inner join plans
        on
            scenarios.company_id = plans.company_id
            and scenarios.scenario_id = plans.scenario_id
    inner join {{ ref('channel_days') }} as channel_days
        on
            plans.company_id = channel_days.company_id
            and plans.channel_id = channel_days.channel_id
            and channel_days.calendar_date
            between scenarios.start_date and scenarios.end_date
    group by scenarios.company_id, scenarios.scenario_id
),

compared as (
    select
        scenarios.company_id,
        scenarios.scenario_id::text as scenario_id,
        scenarios.scenario_name,
        scenarios.start_date,
        scenarios.end_date,
        scenarios.projected_spend,
        scenarios.projected_income,
        scenarios.currency_code,
        coalesce(reached.as_of_date >= scenarios.end_date, false) as is_over,
        coalesce(spends.actual_spend, 0)::numeric(18, 2) as actual_spend,
        coalesce(incomes.actual_income, 0)::numeric(18, 2) as actual_income
    from scenarios
    left join reached
        on scenarios.company_id = reached.company_id
    left join incomes
        on
            scenarios.company_id = incomes.company_id
            and scenarios.scenario_id = incomes.scenario_id
    left join spends
        on
            scenarios.company_id = spends.company_id
            and scenarios.scenario_id = spends.scenario_id
),

graded as (
    select
        company_id,
        scenario_id,
        scenario_name,
        case when is_over then 'graded' else 'not_due' end as state,
        start_date,
        end_date,
        projected_spend,
        projected_income,
        case when is_over then actual_spend end as actual_spend,
        case when is_over then actual_income end as actual_income,
        case
            when is_over then actual_spend / nullif(projected_spend, 0) - 1
        end::numeric(18, 6) as spend_error,
        case
            when is_over
                then
                    projected_income
                    / nullif(actual_income::double precision, 0) - 1
        end as income_error,
        currency_code
    from compared
)

select * from graded
