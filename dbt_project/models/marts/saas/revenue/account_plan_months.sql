with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

versions as (
    select
        company_id,
        account_id,
        lower(plan) as plan_name,
        from_date,
        until_date
    from {{ ref('subscription_versions') }}
    where
        {{ is_in_scope() }}
        and left_out_reason is null
        and plan is not null
        and coalesce(from_date < until_date, true)
),

months as (
    select
        versions.company_id,
        versions.account_id,
        months.activity_month::date as activity_month,
        concat_ws(
            ' ',
            versions.from_date,
            coalesce(versions.until_date::text, '-'),
            versions.plan_name
        ) as plan_period
    from versions
    inner join companies
        on versions.company_id = companies.company_id
    cross join lateral generate_series(
        date_trunc('month', versions.from_date::timestamp),
        least(versions.until_date - 1, companies.as_of_date)::timestamp,
        interval '1 month'
    ) as months (activity_month)
),

listed as (
    select
        company_id,
        account_id,
        activity_month,
        string_agg(distinct plan_period, '; ' order by plan_period)
            as plan_periods
    from months
    group by company_id, account_id, activity_month
)

select * from listed
