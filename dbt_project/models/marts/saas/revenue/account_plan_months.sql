with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

versions as (
    select * from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }} and left_out_reason is null
),

items as (
    select * from {{ ref('int_subscription_rows_current') }}
    where {{ is_in_scope() }}
),

periods as (
    select * from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and mrr_amount > 0
),

terms as (
    select
        versions.company_id,
        versions.account_id,
        versions.from_date,
        versions.until_date,
        concat_ws(
            ' ',
            items.quantity,
            items.interval_count,
            items.billing_interval,
            items.started_at,
            lower(versions.plan)
        ) as told
    from versions
    inner join items
        on
            versions.company_id = items.company_id
            and versions.subscription_id = items.subscription_id
            and versions.item_id = items.item_id
            and versions.effective_at = items.effective_at
    union all
    select
        company_id,
        account_id,
        from_date,
        to_date as until_date,
        concat_ws(' ', mrr_amount, first_date) as told
    from periods
),

-- Of each only its days of the month: what ends now changes no month before.
months as (
    select
        terms.company_id,
        terms.account_id,
        months.activity_month::date as activity_month,
        concat_ws(
            ' ',
            greatest(terms.from_date, months.activity_month::date),
            least(
                terms.until_date,
                (months.activity_month + interval '1 month')::date
            ),
            terms.told
        ) as period
    from terms
    inner join companies
        on terms.company_id = companies.company_id
    cross join
        lateral generate_series(
            date_trunc('month', terms.from_date::timestamp),
            least(terms.until_date - 1, companies.as_of_date)::timestamp,
            interval '1 month'
        ) as months (activity_month)
    where coalesce(terms.from_date < terms.until_date, true)
),

listed as (
    select
        company_id,
        account_id,
        activity_month,
        string_agg(period, '; ' order by period) as plan_periods
    from months
    group by company_id, account_id, activity_month
)

select * from listed
