with source as (
    select * from {{ source('files', 'referrals') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(referral_id), '') as referral_id,
        nullif(trim(referrer_contact_id), '') as referrer_contact_id,
        nullif(trim(referred_contact_id), '') as referred_contact_id,

        referred_at::timestamptz as referred_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
