with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

days as (
    select
        company_id,
        max(scored_on) as scored_on
    from {{ ref('score_days') }}
    where {{ is_in_scope() }}
    group by company_id
),

weeks as (
    select
        company_id,
        account_id,
        scored_on,
        seat_count,
        string_to_array(plan_names, ';') as plan_names
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }}
),

use_weeks as (
    select * from {{ ref('account_use_weeks') }}
    where {{ is_in_scope() }} and is_use_known
),

{{ offered_features() }},

-- As of the last day; of whom no use is known nobody knows what is adopted.
told as (
    select
        weeks.company_id,
        weeks.account_id,
        offered.feature,
        offered.feature_tier,
        offered.released_on,
        weeks.seat_count,
        weeks.scored_on as as_of_date
    from weeks
    inner join days
        on
            weeks.company_id = days.company_id
            and weeks.scored_on = days.scored_on
    inner join use_weeks
        on
            weeks.company_id = use_weeks.company_id
            and weeks.account_id = use_weeks.account_id
            and weeks.scored_on = use_weeks.scored_on
    inner join offered
        on
            weeks.company_id = offered.company_id
            and coalesce(
                weeks.plan_names && offered.plan_names,
                offered.plan_names is null
            )
)

select * from told
