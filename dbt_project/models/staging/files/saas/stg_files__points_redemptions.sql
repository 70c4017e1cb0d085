with source as (
    select * from {{ source('files', 'points_redemptions') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(redemption_id), '') as redemption_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(reward_id), '') as reward_id,

        points::numeric(24, 6) as points,

        redeemed_at::timestamptz as redeemed_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
