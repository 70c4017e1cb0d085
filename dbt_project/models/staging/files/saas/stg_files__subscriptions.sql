with source as (
    select * from {{ source('files', 'subscriptions') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(subscription_id), '') as subscription_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(item_id), '') as item_id,
        nullif(trim(plan), '') as plan,
        nullif(trim(billing_interval), '') as billing_interval,
        nullif(trim(currency_code), '') as currency_code,
        nullif(trim(status), '') as status,
        nullif(trim(usage_type), '') as usage_type,
        nullif(trim(cancellation_reason), '') as cancellation_reason,

        interval_count::bigint as interval_count,
        quantity::numeric(24, 6) as quantity,
        unit_amount::numeric(24, 6) as unit_amount,
        amount::numeric(24, 6) as amount,
        discount_percent::numeric(24, 6) as discount_percent,
        discount_amount::numeric(24, 6) as discount_amount,

        trial_ends_at::timestamptz as trial_ends_at,
        started_at::timestamptz as started_at,
        effective_from::timestamptz as effective_from,
        effective_to::timestamptz as effective_to,
        cancelled_at::timestamptz as cancelled_at,
        ended_at::timestamptz as ended_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
