with channels as (
    select * from {{ ref('channel_efficiency') }}
    where new_customer_count > 0
),

signals as (
    select * from {{ ref('channel_signals') }}
    where outcome_unit = 'revenue'
),

plans as (
    select * from {{ ref('budget_scenarios') }}
    where outcome_unit = 'revenue' and is_proven
),

days as (
    select
        values_of_days.company_id,
        values_of_days.channel_id,
        channels.spend > 0 as is_paid,
        channels.spend,
        values_of_days.customer_count,
        values_of_days.value_12m,
        values_of_days.independent_variance,
        values_of_days.shared_error,
        channels.value_per_customer
    from {{ source('predictions', 'new_customer_values') }} as values_of_days
    inner join channels
        on
            values_of_days.company_id = channels.company_id
            and values_of_days.channel_id = channels.channel_id
    where values_of_days.first_order_date > channels.as_of_date - 365
),

-- Customers differ, and what is predicted of them may be wrong: the first shows
-- in how the days differ, each counted as one draw.
summed as (
    select
        company_id,
        channel_id,
        coalesce(bool_or(is_paid), false) as is_paid,
        max(spend) as spend,
        sum(customer_count)::integer as customer_count,
        sum(value_12m) as value_12m,
        sum(
            (value_12m - customer_count * value_per_customer) ^ 2
            + independent_variance
        ) as variance,
        sum(shared_error) as shared_error
    from days
    group by company_id, channel_id
),

totals as (
    select
        company_id,
        sum(spend) as spend,
        sum(customer_count) as customer_count,
        sum(value_12m) as value_12m,
        sum(variance) as variance,
        sum(shared_error) as shared_error
    from summed
    where is_paid
    group by company_id
),

-- Nothing stands beside the only paid channel.
beside as (
    select
        summed.*,
        case
            when summed.is_paid
                then nullif(totals.customer_count - summed.customer_count, 0)
        end as others_customer_count,
        totals.spend - summed.spend as others_spend,
        nullif(totals.value_12m - summed.value_12m, 0) as others_value_12m,
        greatest(totals.variance - summed.variance, 0) as others_variance,
        totals.shared_error - summed.shared_error as others_shared_error
    from summed
    left join totals
        on summed.company_id = totals.company_id
),

compared as (
    select
        *,
        value_12m / customer_count as mean_value,
        sqrt(variance + shared_error ^ 2) / customer_count as mean_error,
        others_value_12m / others_customer_count as others_mean_value,
        (value_12m / customer_count)
        / (nullif(others_value_12m, 0) / others_customer_count) as ratio,
        -- Of the logarithm of the ratio; what both share cancels out.
        sqrt(
            variance / nullif(value_12m, 0) ^ 2
            + others_variance / others_value_12m ^ 2
            + (
                shared_error / nullif(value_12m, 0)
                - others_shared_error / others_value_12m
            ) ^ 2
        ) as ratio_error,
        (spend / customer_count)
        / (nullif(others_spend, 0) / others_customer_count) as cost_ratio,
        -- Spend is known, how many it wins is chance: a Poisson count each.
        sqrt(1.0 / customer_count + 1.0 / others_customer_count)
            as cost_ratio_error
    from beside
),

bounded as (
    select
        compared.company_id,
        compared.channel_id,
        channels.channel_label_es,
        channels.channel_label_en,
        channels.currency_code,
        channels.as_of_date,
        compared.is_paid,
        compared.customer_count,
        channels.value_per_customer,
        greatest(compared.mean_value - 1.645 * compared.mean_error, 0)
        ::numeric(18, 2) as value_per_customer_lower,
        (compared.mean_value + 1.645 * compared.mean_error)
        ::numeric(18, 2) as value_per_customer_upper,
        compared.others_customer_count::integer as others_customer_count,
        compared.others_mean_value::numeric(18, 2) as others_value_per_customer,
        (compared.ratio - 1)::numeric(18, 6) as difference_rate,
        (compared.ratio * exp(-1.645 * compared.ratio_error) - 1)
        ::numeric(18, 6) as difference_rate_lower,
        (compared.ratio * exp(1.645 * compared.ratio_error) - 1)
        ::numeric(18, 6) as difference_rate_upper,
        compared.spend::numeric(18, 2) as spend,
        channels.customer_acquisition_cost,
        (compared.cost_ratio - 1)::numeric(18, 6) as cost_difference_rate,
        (compared.cost_ratio * exp(-1.645 * compared.cost_ratio_error) - 1)
        ::numeric(18, 6) as cost_difference_rate_lower,
        (compared.cost_ratio * exp(1.645 * compared.cost_ratio_error) - 1)
        ::numeric(18, 6) as cost_difference_rate_upper,
        channels.payback,
        case when plans.is_proven then signals.recommended_change end
            as proven_change,
        plans.gain as proven_gain,
        plans.gain_lower as proven_gain_lower,
        plans.gain_upper as proven_gain_upper,
        signals.traffic_light
    from compared
    inner join channels
        on
            compared.company_id = channels.company_id
            and compared.channel_id = channels.channel_id
    left join signals
        on
            compared.company_id = signals.company_id
            and compared.channel_id = signals.channel_id
    left join plans
        on compared.company_id = plans.company_id
)

select * from bounded
