with source as (
    select * from {{ source('files', 'referral_rules') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(referral_reward), '') as referral_reward,

        reward_months::numeric(24, 6) as reward_months,
        commission_rate::numeric(24, 6) as commission_rate,
        least_referrals::bigint as least_referrals,
        milestone_amount::numeric(24, 6) as milestone_amount,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
