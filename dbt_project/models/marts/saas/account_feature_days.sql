with
{{ newest_rows('features', ref('stg_files__features'), ['feature']) }},

companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

events as (
    select * from {{ ref('int_product_events_identified') }}
    where
        {{ is_in_scope() }}
        and left_out_reason is null
        and feature is not null
),

counted as (
    select
        events.company_id,
        events.account_id,
        events.feature,
        events.activity_date,
        count(distinct events.user_id)::integer as user_count,
        count(*)::integer as event_count
    from events
    inner join companies
        on
            events.company_id = companies.company_id
            and events.activity_date <= companies.as_of_date
    group by
        events.company_id,
        events.account_id,
        events.feature,
        events.activity_date
),

versions as (
    select * from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }} and left_out_reason is null
),

offered as (
    select
        company_id,
        feature,
        regexp_split_to_array(lower(trim(plans)), '\s*[;,|]\s*') as plan_names
    from features
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
