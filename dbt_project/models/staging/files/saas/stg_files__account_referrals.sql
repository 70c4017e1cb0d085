with source as (
    select * from {{ source('files', 'account_referrals') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(touch_id), '') as touch_id,
        nullif(trim(referrer_account_id), '') as referrer_account_id,
        nullif(trim(referred_account_id), '') as referred_account_id,
        nullif(trim(touch_kind), '') as touch_kind,
        nullif(trim(referral_code), '') as referral_code,

        is_on_coupon_site,
        touched_at::timestamptz as touched_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
