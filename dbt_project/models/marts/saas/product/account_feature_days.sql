with counted as (
    select
        company_id,
        account_id,
        feature,
        activity_date,
        activity_month,
        count(distinct user_id)::integer as user_count,
        count(*)::integer as event_count
    from {{ ref('product_event_accounts') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('activity_month') }}
        and left_out_reason is null
        and feature is not null
    group by company_id, account_id, feature, activity_date, activity_month
),

-- Made after {{ ref('account_plan_months') }}, which tells when they change.
versions as (
    select * from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }} and left_out_reason is null
),

offered as (
    select
        company_id,
        feature,
        {{ plans_named('plans') }} as plan_names
    from {{ ref('product_features') }}
    where {{ is_in_scope() }}
),

-- Who lists no features has all of them in every plan.
listed as (
    select distinct company_id from offered
),

-- What a plan of that day has, asked in one join: a second one with what was
-- used, whose size the planner cannot know, was made anew for each row.
judged as (
    select
        counted.company_id,
        counted.account_id,
        counted.feature,
        counted.activity_date,
        counted.activity_month,
        counted.user_count,
        counted.event_count,
        case
            when listed.company_id is null then true
            when offered.feature is null then false
            when offered.plan_names is null then true
            else coalesce(
                bool_or(lower(versions.plan) = any(offered.plan_names)), false
            )
        end as is_in_plan
    from counted
    left join listed
        on counted.company_id = listed.company_id
    left join offered
        on
            counted.company_id = offered.company_id
            and counted.feature = offered.feature
    left join versions
        on
            counted.company_id = versions.company_id
            and counted.account_id = versions.account_id
            and counted.activity_date >= versions.from_date
            and coalesce(counted.activity_date < versions.until_date, true)
    group by
        counted.company_id,
        counted.account_id,
        counted.feature,
        counted.activity_date,
        counted.activity_month,
        counted.user_count,
        counted.event_count,
        listed.company_id,
        offered.feature,
        offered.plan_names
)

select * from judged
