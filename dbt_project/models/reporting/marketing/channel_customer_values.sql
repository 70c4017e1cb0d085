with channels as (
    select * from {{ ref('channel_efficiency') }}
    where new_customer_count > 0
),

compared as (
    select * from {{ source('predictions', 'channel_values') }}
),

signals as (
    select * from {{ ref('channel_signals') }}
    where outcome_unit = 'revenue'
),

plans as (
    select * from {{ ref('budget_scenarios') }}
    where outcome_unit = 'revenue' and is_proven
),

labelled as (
    select
        channels.company_id,
        channels.channel_id,
        channels.channel_label_es,
        channels.channel_label_en,
        channels.currency_code,
        channels.as_of_date,
        compared.is_paid,
        channels.new_customer_count as customer_count,
        channels.value_per_customer,
        compared.value_per_customer_lower::numeric(18, 2)
            as value_per_customer_lower,
        compared.value_per_customer_upper::numeric(18, 2)
            as value_per_customer_upper,
        compared.others_customer_count,
        compared.others_value_per_customer::numeric(18, 2)
            as others_value_per_customer,
        compared.difference_rate::numeric(18, 6) as difference_rate,
        compared.difference_rate_lower::numeric(18, 6) as difference_rate_lower,
        compared.difference_rate_upper::numeric(18, 6) as difference_rate_upper,
        channels.spend,
        channels.customer_acquisition_cost,
        compared.cost_difference_rate::numeric(18, 6) as cost_difference_rate,
        compared.cost_difference_rate_lower::numeric(18, 6)
            as cost_difference_rate_lower,
        compared.cost_difference_rate_upper::numeric(18, 6)
            as cost_difference_rate_upper,
        channels.payback,
        case when plans.is_proven then signals.recommended_change end
            as proven_change,
        coalesce(plans.contribution_gain, plans.gain) as proven_gain,
        coalesce(plans.contribution_gain_lower, plans.gain_lower)
            as proven_gain_lower,
        coalesce(plans.contribution_gain_upper, plans.gain_upper)
            as proven_gain_upper,
        signals.traffic_light
    from channels
    inner join compared
        on
            channels.company_id = compared.company_id
            and channels.channel_id = compared.channel_id
    left join signals
        on
            channels.company_id = signals.company_id
            and channels.channel_id = signals.channel_id
    left join plans
        on channels.company_id = plans.company_id
)

select * from labelled
