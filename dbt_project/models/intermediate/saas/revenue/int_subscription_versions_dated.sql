with versions as (
    select * from {{ ref('int_subscription_rows_unioned') }}
),

companies as (
    select
        company_id,
        currency_code as company_currency_code,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
),

beginnings as (
    select distinct
        company_id,
        subscription_id,
        item_group,
        effective_at
    from versions
),

followed as (
    select
        *,
        lead(effective_at) over (
            partition by company_id, subscription_id, item_group
            order by effective_at
        ) as next_at
    from beginnings
),

-- Who cancels asks for it before or when it ends: a version that says no more
-- than "cancelled" ends at the later of the click and its own beginning.
ended as (
    select
        versions.*,
        followed.next_at,
        case
            when versions.ended_at is not null then versions.ended_at
            when versions.status <> 'cancelled' then null
            when versions.is_dated or versions.cancelled_at is not null
                then greatest(versions.effective_at, versions.cancelled_at)
        end as last_at
    from versions
    inner join followed
        on
            versions.company_id = followed.company_id
            and versions.subscription_id = followed.subscription_id
            and versions.item_group = followed.item_group
            and versions.effective_at = followed.effective_at
),

dated as (
    select
        ended.company_id,
        ended.subscription_id,
        ended.item_id,
        ended.effective_at,
        coalesce(merged.account_id, ended.account_id) as account_id,
        ended.plan,
        ended.billing_interval,
        ended.interval_count,
        ended.currency_code,
        companies.company_currency_code,
        ended.status,
        ended.is_metered,
        ended.is_dated,
        ended.effective_to,
        ended.last_at,
        ended.cancellation_reason,
        case when ended.amount is not null then greatest(
            ended.amount * (1 - ended.discount_percent / 100)
            - ended.discount_amount,
            0
        ) end as net_amount,
        (
            greatest(ended.effective_at, ended.trial_ends_at)
            at time zone companies.time_zone
        )::date as from_date,
        (
            least(ended.next_at, ended.effective_to, ended.last_at)
            at time zone companies.time_zone
        )::date as until_date
    from ended
    inner join companies
        on ended.company_id = companies.company_id
    left join merged
        on
            ended.company_id = merged.company_id
            and ended.account_id = merged.merged_account_id
)

select * from dated
