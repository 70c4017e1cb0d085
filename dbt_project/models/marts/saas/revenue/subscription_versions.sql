with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

versions as (
    select * from {{ ref('int_subscription_versions_priced') }}
    where {{ is_in_scope() }}
),

rates as (
    select
        company_id,
        currency_code,
        min(from_date) as first_date
    from {{ ref('int_month_end_rates') }}
    where {{ is_in_scope() }}
    group by company_id, currency_code
),

judged as (
    select
        versions.*,
        case
            when versions.status in ('incomplete', 'incomplete_expired')
                then 'incomplete'
            when versions.status = 'trialing' then 'trial'
            when
                versions.status in ('unpaid', 'paused')
                and not versions.is_dated
                then 'unknown_since_when'
            when versions.status in ('unpaid', 'paused') then versions.status
            when versions.status = 'cancelled' and versions.last_at is null
                then 'unknown_end'
            when versions.is_upside_down then 'ends_before_it_begins'
            when versions.is_metered then 'metered'
            when versions.monthly_amount is null then 'no_amount'
            when versions.monthly_amount = 0 then 'free'
            when
                rates.first_date is null
                or rates.first_date > versions.from_date
                then 'missing_currency_rate'
        end as left_out_reason
    from versions
    left join rates
        on
            versions.company_id = rates.company_id
            and versions.currency_code = rates.currency_code
),

-- What ended is dated by its end, what stopped to count by its beginning.
ended as (
    select
        judged.company_id,
        judged.subscription_id,
        judged.item_id,
        judged.effective_at,
        judged.account_id,
        judged.plan,
        judged.status,
        judged.currency_code,
        judged.monthly_amount::numeric(18, 2) as monthly_amount,
        judged.left_out_reason,
        judged.from_date,
        judged.until_date,
        case
            when judged.left_out_reason in ('unpaid', 'paused')
                then judged.from_date
            else judged.until_date
        end as stop_date,
        case
            when judged.left_out_reason = 'unpaid' then 'involuntary'
            else judged.end_kind
        end as end_kind
    from judged
    inner join companies
        on
            judged.company_id = companies.company_id
            and judged.from_date <= companies.as_of_date
)

select * from ended
