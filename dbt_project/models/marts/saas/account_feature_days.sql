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

judged as (
    select
        counted.*,
        case
            when listed.company_id is null then true
            when offered.feature is null then false
            when offered.plan_names is null then true
            else exists (
                select 1 from versions
                where
                    versions.company_id = counted.company_id
                    and versions.account_id = counted.account_id
                    and versions.from_date <= counted.activity_date
                    and coalesce(
                        counted.activity_date < versions.until_date, true
                    )
                    and lower(versions.plan) = any(offered.plan_names)
            )
        end as is_in_plan
    from counted
    left join listed
        on counted.company_id = listed.company_id
    left join offered
        on
            counted.company_id = offered.company_id
            and counted.feature = offered.feature
)

select * from judged
