with told as (
    select * from {{ source('predictions', 'referral_standing') }}
)

select
    company_id,
    as_of_date,
    paying_account_count,
    referrer_count,
    referrer_ratio,
    referred_count,
    converted_count,
    conversion_ratio,
    conversion_ratio_lower,
    conversion_ratio_upper,
    income_amount,
    margin_amount,
    payout_amount,
    unpriced_payout_count,
    roi,
    referred_begun_count,
    referred_kept_ratio,
    others_begun_count,
    others_kept_ratio,
    kept_difference_ratio,
    kept_difference_lower,
    kept_difference_upper
from told
