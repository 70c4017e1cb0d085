with companies as (
    select * from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

days as (
    select * from {{ ref('score_days') }}
    where {{ is_in_scope() }} and {{ is_changed('month_start_date') }}
),

-- Made after {{ ref('account_plan_months') }}, which tells when these change.

periods as (
    select * from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and mrr_amount > 0
),

versions as (
    select * from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }} and left_out_reason is null
),

items as (
    select
        company_id,
        subscription_id,
        item_id,
        effective_at,
        started_at,
        quantity,
        {{ months_between_bills('billing_interval', 'interval_count') }}
            as month_count
    from {{ ref('int_subscription_rows_current') }}
    where {{ is_in_scope() }}
),

valued as (
    select
        days.company_id,
        periods.account_id,
        days.scored_on,
        companies.time_zone,
        periods.mrr_amount,
        periods.first_date
    from days
    inner join companies
        on days.company_id = companies.company_id
    inner join periods
        on
            days.company_id = periods.company_id
            and days.scored_on >= periods.from_date
            and (periods.to_date is null or days.scored_on < periods.to_date)
),

subscribed as (
    select
        valued.*,
        versions.plan,
        items.quantity,
        items.month_count,
        (items.started_at at time zone valued.time_zone)::date as began_on
    from valued
    inner join versions
        on
            valued.company_id = versions.company_id
            and valued.account_id = versions.account_id
            and valued.scored_on >= versions.from_date
            and (
                versions.until_date is null
                or valued.scored_on < versions.until_date
            )
    inner join items
        on
            versions.company_id = items.company_id
            and versions.subscription_id = items.subscription_id
            and versions.item_id = items.item_id
            and versions.effective_at = items.effective_at
),

-- Who pays by the month or less may leave at any time.
summed as (
    select
        company_id,
        account_id,
        scored_on,
        date_trunc('month', scored_on)::date as month_start_date,
        mrr_amount,
        first_date,
        string_agg(distinct lower(plan), ';' order by lower(plan))
            as plan_names,
        sum(quantity)::numeric(18, 2) as seat_count,
        case when min(month_count) > 1 then min({{
            next_renewal('began_on', 'scored_on', 'month_count')
        }}) end as contract_end_date
    from subscribed
    group by company_id, account_id, scored_on, mrr_amount, first_date
)

select * from summed
