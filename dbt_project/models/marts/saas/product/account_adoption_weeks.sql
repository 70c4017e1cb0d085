with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

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
    where {{ is_in_scope() }}
),

use_weeks as (
    select * from {{ ref('account_use_weeks') }}
    where {{ is_in_scope() }}
),

feature_days as (
    select * from {{ ref('account_feature_days') }}
    where {{ is_in_scope() }}
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

judged as (
    select
        available.company_id,
        available.account_id,
        available.scored_on,
        available.feature,
        count(feature_days.activity_date) > 0 as is_adopted
    from available
    left join feature_days
        on
            available.company_id = feature_days.company_id
            and available.account_id = feature_days.account_id
            and available.feature = feature_days.feature
            and available.scored_on - 28 < feature_days.activity_date
            and available.scored_on >= feature_days.activity_date
    group by
        available.company_id,
        available.account_id,
        available.scored_on,
        available.feature
),

counted as (
    select
        company_id,
        account_id,
        scored_on,
        count(*)::integer as available_feature_count,
        count(*) filter (where is_adopted)::integer as adopted_feature_count
    from judged
    group by company_id, account_id, scored_on
)

select * from counted
