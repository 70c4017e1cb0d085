with plans as (
    select * from {{ source('predictions', 'budget_scenario_channels') }}
),

channels as (
    select * from {{ ref('channels') }}
),

labelled as (
    select
        plans.company_id,
        plans.outcome_unit,
        plans.scenario,
        plans.channel_id,
        coalesce(channels.label_es, plans.channel_id) as channel_label_es,
        coalesce(channels.label_en, plans.channel_id) as channel_label_en,
        plans.current_spend,
        plans.projected_spend,
        plans.minimum_spend,
        plans.maximum_spend,
        plans.current_expected,
        plans.projected_expected,
        plans.as_of_date
    from plans
    left join channels
        on plans.channel_id = channels.channel_id
)

select * from labelled
