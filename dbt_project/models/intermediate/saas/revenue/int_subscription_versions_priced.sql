with versions as (
    select * from {{ ref('int_subscription_versions_dated') }}
),

reasons as (
    select * from {{ ref('subscription_end_reasons') }}
),

priced as (
    select
        versions.company_id,
        versions.subscription_id,
        versions.item_id,
        versions.effective_at,
        versions.account_id,
        versions.plan,
        versions.status,
        versions.is_metered,
        versions.is_dated,
        coalesce(versions.currency_code, versions.company_currency_code)
            as currency_code,
        round(
            {{ monthly_amount(
                'versions.net_amount',
                'versions.billing_interval',
                'versions.interval_count',
            ) }},
            2
        ) as monthly_amount,
        versions.last_at,
        coalesce(
            versions.effective_at
            > least(versions.effective_to, versions.last_at),
            false
        ) as is_upside_down,
        reasons.end_kind,
        versions.from_date,
        versions.until_date
    from versions
    left join reasons
        on versions.cancellation_reason = reasons.cancellation_reason
)

select * from priced
