with days as (
    select * from {{ ref('score_days') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

limits as (
    select * from {{ ref('segment_limits') }}
    where {{ is_in_scope() }}
),

-- As each was known on that evening, once a month and on the last day.
inputs as (
    select
        inputs.*,
        days.is_now
    from {{ ref('account_health_inputs') }} as inputs
    inner join days
        on
            inputs.company_id = days.company_id
            and inputs.scored_on = days.scored_on
    where
        {{ is_in_scope('inputs.company_id') }}
        and (inputs.is_first_of_month or days.is_now)
),

feature_days as (
    select * from {{ ref('account_feature_days') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('activity_date', days=28) }}
        and is_in_plan
),

features as (
    select * from {{ ref('product_features') }}
    where {{ is_in_scope() }} and feature_tier = 'advanced'
),

-- Day by day: a join by a range reads all that an account ever did, each month.
advanced as (
    select
        inputs.company_id,
        inputs.account_id,
        inputs.scored_on,
        count(distinct feature_days.feature)::integer as feature_count
    from inputs
    cross join generate_series(0, 27) as numbers (day_number)
    inner join feature_days
        on
            inputs.company_id = feature_days.company_id
            and inputs.account_id = feature_days.account_id
            and inputs.scored_on - numbers.day_number
            = feature_days.activity_date
    inner join features
        on
            feature_days.company_id = features.company_id
            and feature_days.feature = features.feature
    group by inputs.company_id, inputs.account_id, inputs.scored_on
),

-- What is not known puts nobody at risk.
judged as (
    select
        inputs.company_id,
        inputs.account_id,
        inputs.scored_on,
        inputs.is_now,
        inputs.mrr_amount,
        coalesce(advanced.feature_count, 0) as advanced_feature_count,
        case
            when inputs.tenure_days < limits.new_days then 'new'
            when
                inputs.login_count_7d < limits.least_logins
                or inputs.feature_adoption_ratio < limits.least_adoption
                or inputs.idle_days > limits.most_idle_days
                or inputs.ticket_count_28d > limits.most_tickets
                then 'at_risk'
            when inputs.active_days_per_seat_28d is null then 'unknown'
            when
                inputs.active_days_per_seat_28d >= limits.power_days
                and advanced.feature_count >= limits.power_features
                then 'power'
            else 'casual'
        end as segment
    from inputs
    inner join limits on inputs.company_id = limits.company_id
    left join advanced
        on
            inputs.company_id = advanced.company_id
            and inputs.account_id = advanced.account_id
            and inputs.scored_on = advanced.scored_on
)

select * from judged
