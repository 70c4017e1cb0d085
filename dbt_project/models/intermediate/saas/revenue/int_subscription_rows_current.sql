with subscriptions as (
    select
        *,
        coalesce(effective_from, started_at) as effective_at
    from {{ ref('stg_files__subscriptions') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

ranked as (
    select
        subscriptions.*,
        dense_rank() over (
            partition by
                subscriptions.company_id,
                subscriptions.subscription_id,
                subscriptions.item_id,
                subscriptions.effective_at
            order by files.exported_at desc, files.file_name desc
        ) as file_rank,
        row_number() over (
            partition by
                subscriptions.company_id,
                subscriptions.subscription_id,
                subscriptions.item_id,
                subscriptions.effective_at,
                subscriptions.file_sha256
            order by subscriptions.line_number desc
        ) as line_rank,
        first_value(subscriptions.item_id is null) over (
            partition by
                subscriptions.company_id, subscriptions.subscription_id
            order by
                files.exported_at desc,
                files.file_name desc,
                subscriptions.line_number desc
        ) as is_without_items
    from subscriptions
    inner join files
        on
            subscriptions.company_id = files.company_id
            and subscriptions.file_sha256 = files.file_sha256
),

-- An item that a file says twice is as it says last. Of a subscription without
-- item ids, lines of one moment are its items: together they are one version.
-- Whether it has ids is as the newest file says, or items would count twice.
kept as (
    select *
    from ranked
    where
        file_rank = 1
        and (item_id is null or line_rank = 1)
        and (item_id is null) = is_without_items
),

numbered as (
    select
        company_id,
        subscription_id,
        coalesce(item_id, '#' || line_rank) as item_id,
        coalesce(item_id, '#') as item_group,
        account_id,
        plan,
        billing_interval,
        coalesce(interval_count, 1) as interval_count,
        coalesce(quantity, 1) as quantity,
        coalesce(amount, unit_amount * coalesce(quantity, 1)) as amount,
        currency_code,
        coalesce(discount_percent, 0) as discount_percent,
        coalesce(discount_amount, 0) as discount_amount,
        status,
        coalesce(usage_type = 'metered', false) as is_metered,
        trial_ends_at,
        started_at,
        effective_from is not null as is_dated,
        effective_at,
        effective_to,
        cancelled_at,
        ended_at,
        lower(cancellation_reason) as cancellation_reason
    from kept
)

select * from numbered
