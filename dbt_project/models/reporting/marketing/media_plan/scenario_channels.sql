with plans as (
    select * from {{ source('predictions', 'scenario_channels') }}
),

channels as (
    select * from {{ ref('channels') }}
),

labelled as (
    select
        plans.company_id,
        plans.scenario_id::text as scenario_id,
        plans.channel_id,
        coalesce(channels.label_es, plans.channel_id) as channel_label_es,
        coalesce(channels.label_en, plans.channel_id) as channel_label_en,
        plans.current_spend,
        plans.projected_spend,
        plans.minimum_spend,
        plans.maximum_spend,
        plans.current_expected,
        plans.projected_expected,
        plans.value_ratio,
        plans.value_spend
    from plans
    left join channels
        on plans.channel_id = channels.channel_id
)

select * from labelled
