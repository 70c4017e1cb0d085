with filed as (
    select * from {{ ref('int_subscription_rows_current') }}
),

stripe as (
    select
        company_id,
        subscription_id,
        item_id,
        item_group,
        account_id,
        plan,
        billing_interval,
        interval_count,
        quantity,
        amount,
        currency_code,
        discount_percent,
        discount_amount,
        status,
        is_metered,
        trial_ends_at,
        started_at,
        is_dated,
        effective_at,
        effective_to,
        cancelled_at,
        ended_at,
        cancellation_reason
    from {{ ref('int_stripe_subscription_rows') }}
),

-- Of a subscription that Stripe tells, no file counts.
kept as (
    select
        filed.company_id,
        filed.subscription_id,
        filed.item_id,
        filed.item_group,
        filed.account_id,
        filed.plan,
        filed.billing_interval,
        filed.interval_count,
        filed.quantity,
        filed.amount,
        filed.currency_code,
        filed.discount_percent,
        filed.discount_amount,
        filed.status,
        filed.is_metered,
        filed.trial_ends_at,
        filed.started_at,
        filed.is_dated,
        filed.effective_at,
        filed.effective_to,
        filed.cancelled_at,
        filed.ended_at,
        filed.cancellation_reason
    from filed
    where
        not exists (
            select 1
            from stripe
            where
                filed.company_id = stripe.company_id
                and filed.subscription_id = stripe.subscription_id
        )
),

unioned as (
    select * from stripe
    union all
    select * from kept
)

select * from unioned
