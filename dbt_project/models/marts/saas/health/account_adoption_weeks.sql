with features as (
    select * from {{ ref('product_features') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

weeks as (
    select
        company_id,
        account_id,
        scored_on,
        string_to_array(plan_names, ';') as plan_names
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

use_weeks as (
    select * from {{ ref('account_use_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

{{ offered_features() }},

-- What is no part of the plan, or younger than 28 days, nobody had to adopt.
available as (
    select
        weeks.company_id,
        weeks.account_id,
        weeks.scored_on,
        offered.feature
    from weeks
    inner join use_weeks
        on
            weeks.company_id = use_weeks.company_id
            and weeks.account_id = use_weeks.account_id
            and weeks.scored_on = use_weeks.scored_on
            and use_weeks.is_use_known
    inner join offered
        on
            weeks.company_id = offered.company_id
            and coalesce(weeks.scored_on - 28 >= offered.released_on, true)
            and coalesce(
                weeks.plan_names && offered.plan_names,
                offered.plan_names is null
            )
),

used as (
    select
        window_days.company_id,
        window_days.scored_on,
        feature_days.account_id,
        feature_days.feature
    from {{ ref('score_window_days') }} as window_days
    inner join {{ ref('account_feature_days') }} as feature_days
        on
            window_days.company_id = feature_days.company_id
            and window_days.activity_date = feature_days.activity_date
    where
        {{ is_in_scope('window_days.company_id') }}
        and {{ is_changed('window_days.scored_on', 'window_days.company_id') }}
        and {{ is_in_scope('feature_days.company_id') }}
        and {{ is_changed(
            'feature_days.activity_date', 'feature_days.company_id', days=28
        ) }}
),

-- Grouped from what is available on: joined back to it, a wrong guess of how
-- much there is costs its square.
counted as (
    select
        available.company_id,
        available.account_id,
        available.scored_on,
        count(distinct available.feature)::integer as available_feature_count,
        count(distinct used.feature)::integer as adopted_feature_count
    from available
    left join used
        on
            available.company_id = used.company_id
            and available.account_id = used.account_id
            and available.feature = used.feature
            and available.scored_on = used.scored_on
    group by available.company_id, available.account_id, available.scored_on
)

select * from counted
