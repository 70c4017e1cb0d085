with source as (
    select * from {{ source('files', 'reward_payouts') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(payout_id), '') as payout_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(reward_kind), '') as reward_kind,
        nullif(trim(currency_code), '') as currency_code,

        payout_amount::numeric(24, 6) as payout_amount,

        paid_on::date as paid_on,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
