with customer_values as (
    select * from {{ ref('channel_customer_values') }}
    where is_paid and customer_count >= 30 and others_customer_count >= 30
),

efficiency as (
    select * from {{ ref('channel_efficiency') }}
    where new_customer_count >= 30
),

signals as (
    select * from {{ ref('channel_signals') }}
    where outcome_unit = 'revenue'
),

plans as (
    select * from {{ ref('budget_scenarios') }}
    where outcome_unit = 'revenue' and scenario = 'recommended'
),

campaigns as (
    select * from {{ ref('campaign_quality') }}
    where losing_spend_30d > 0
),

channels as (
    select * from {{ ref('channels') }}
),

-- What the advised split raises is not called bad beside it.
raised as (
    select
        company_id,
        channel_id
    from signals
    where suggested_shift > 0
),

compared as (
    select
        customer_values.*,
        customer_values.difference_rate_lower > 0 as is_better,
        customer_values.difference_rate_upper < 0 as is_worse,
        raised.channel_id is not null as is_raised
    from customer_values
    left join raised
        on
            customer_values.company_id = raised.company_id
            and customer_values.channel_id = raised.channel_id
),

channel_rules as (
    select
        *,
        case
            when is_better and is_raised and traffic_light = 'green'
                then 'raise_better_channel'
            when
                is_better
                and cost_difference_rate_lower > 0
                and payback = 'covered'
                and coalesce(proven_change >= 0, true)
                then 'keep_costly_channel'
            when is_better then 'watch_better_channel'
            -- At its cheapest and its best, a unit spent there still wins less.
            when
                is_worse
                and cost_difference_rate_upper < 0
                and difference_rate_upper < cost_difference_rate_lower
                and not is_raised
                then 'cheap_poor_channel'
        end as rule_id
    from compared
),

better_channels as (
    select
        company_id,
        rule_id,
        as_of_date,
        'channel_customer_values' as source_view,
        channel_id as source_key,
        channel_id,
        null::text as other_channel_id,
        null::text as campaign_name,
        currency_code,
        'share' as estimate_unit,
        difference_rate::double precision as estimate,
        difference_rate_lower::double precision as estimate_lower,
        difference_rate_upper::double precision as estimate_upper,
        customer_count as sample_size,
        case
            when rule_id in ('keep_costly_channel', 'cheap_poor_channel')
                then spend::double precision
            else proven_gain
        end as stake,
        case when rule_id = 'raise_better_channel' then proven_gain_lower end
            as stake_lower,
        case when rule_id = 'raise_better_channel' then proven_gain_upper end
            as stake_upper,
        null::double precision as earlier_rate,
        proven_change::double precision as new_rate,
        'share' as second_unit,
        cost_difference_rate::double precision as second_estimate,
        cost_difference_rate_lower::double precision as second_lower,
        cost_difference_rate_upper::double precision as second_upper
    from channel_rules
    where rule_id is not null
),

budgets as (
    select
        company_id,
        case
            when is_proven then 'move_budget'
            when is_against_value then 'keep_for_value'
            when gain_lower = 0 and gain_upper = 0 then 'keep_split'
            else 'keep_budget'
        end as rule_id,
        as_of_date,
        'budget_scenarios' as source_view,
        scenario as source_key,
        shift_from_channel_id as channel_id,
        shift_to_channel_id as other_channel_id,
        null::text as campaign_name,
        currency_code,
        'money' as estimate_unit,
        coalesce(contribution_gain, gain) as estimate,
        coalesce(contribution_gain_lower, gain_lower) as estimate_lower,
        coalesce(contribution_gain_upper, gain_upper) as estimate_upper,
        day_count as sample_size,
        coalesce(contribution_gain, gain) as stake,
        coalesce(contribution_gain_lower, gain_lower) as stake_lower,
        coalesce(contribution_gain_upper, gain_upper) as stake_upper,
        null::double precision as earlier_rate,
        null::double precision as new_rate,
        'money' as second_unit,
        shift_spend::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from plans
    where day_count is not null
),

losing_channels as (
    select
        efficiency.company_id,
        case
            when efficiency.contribution_margin_rate is null
                then 'losing_channel'
            else 'losing_margin'
        end as rule_id,
        efficiency.as_of_date,
        'channel_efficiency' as source_view,
        efficiency.channel_id as source_key,
        efficiency.channel_id,
        null::text as other_channel_id,
        null::text as campaign_name,
        efficiency.currency_code,
        'ratio' as estimate_unit,
        coalesce(
            efficiency.margin_ltv_roas_attributed,
            efficiency.ltv_roas_attributed
        )::double precision as estimate,
        coalesce(
            efficiency.margin_ltv_roas_attributed_lower,
            efficiency.ltv_roas_attributed_lower
        )::double precision as estimate_lower,
        coalesce(
            efficiency.margin_ltv_roas_attributed_upper,
            efficiency.ltv_roas_attributed_upper
        )::double precision as estimate_upper,
        efficiency.new_customer_count as sample_size,
        efficiency.unrecovered_spend::double precision as stake,
        efficiency.unrecovered_spend_lower::double precision as stake_lower,
        efficiency.unrecovered_spend_upper::double precision as stake_upper,
        null::double precision as earlier_rate,
        null::double precision as new_rate,
        null::text as second_unit,
        null::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from efficiency
    left join raised
        on
            efficiency.company_id = raised.company_id
            and efficiency.channel_id = raised.channel_id
    where efficiency.payback = 'not_covered' and raised.channel_id is null
),

saturated_channels as (
    select
        company_id,
        case
            when steepest_channel_id is null then 'saturated_channel'
            else 'steeper_channel'
        end as rule_id,
        as_of_date,
        'channel_signals' as source_view,
        channel_id as source_key,
        channel_id,
        steepest_channel_id as other_channel_id,
        null::text as campaign_name,
        currency_code,
        'ratio' as estimate_unit,
        marginal_profit as estimate,
        marginal_profit_lower as estimate_lower,
        marginal_profit_upper as estimate_upper,
        day_count as sample_size,
        current_spend::double precision as stake,
        null::double precision as stake_lower,
        null::double precision as stake_upper,
        null::double precision as earlier_rate,
        null::double precision as new_rate,
        'ratio' as second_unit,
        steepest_marginal_profit as second_estimate,
        steepest_marginal_profit_lower as second_lower,
        steepest_marginal_profit_upper as second_upper
    from signals
    where
        marginal_profit_upper < 0
        and current_spend > 0
        and day_count is not null
        and coalesce(suggested_shift <= 0, true)
),

losing_campaigns as (
    select
        company_id,
        'losing_campaign' as rule_id,
        as_of_date,
        'campaign_quality' as source_view,
        channel_id || '/' || named_campaign_id as source_key,
        channel_id,
        null::text as other_channel_id,
        campaign_name,
        currency_code,
        'share' as estimate_unit,
        difference_rate as estimate,
        difference_rate_lower as estimate_lower,
        difference_rate_upper as estimate_upper,
        customer_count as sample_size,
        losing_spend_30d::double precision as stake,
        null::double precision as stake_lower,
        null::double precision as stake_upper,
        others_lost_rate as earlier_rate,
        lost_rate as new_rate,
        null::text as second_unit,
        null::double precision as second_estimate,
        null::double precision as second_lower,
        null::double precision as second_upper
    from campaigns
),

held as (
    select * from better_channels
    union all
    select * from budgets
    union all
    select * from losing_channels
    union all
    select * from saturated_channels
    union all
    select * from losing_campaigns
),

labelled as (
    select
        held.company_id,
        held.rule_id,
        held.as_of_date,
        held.source_view,
        held.source_key,
        coalesce(channels.label_es, held.channel_id) as channel_label_es,
        coalesce(channels.label_en, held.channel_id) as channel_label_en,
        coalesce(beside.label_es, held.other_channel_id) as other_label_es,
        coalesce(beside.label_en, held.other_channel_id) as other_label_en,
        held.campaign_name,
        held.currency_code,
        held.estimate_unit,
        held.estimate,
        held.estimate_lower,
        held.estimate_upper,
        held.sample_size,
        held.stake,
        held.stake_lower,
        held.stake_upper,
        held.earlier_rate,
        held.new_rate,
        held.second_unit,
        held.second_estimate,
        held.second_lower,
        held.second_upper
    from held
    left join channels
        on held.channel_id = channels.channel_id
    left join channels as beside
        on held.other_channel_id = beside.channel_id
)

select * from labelled
