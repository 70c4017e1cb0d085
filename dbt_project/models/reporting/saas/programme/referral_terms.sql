with rules as (
    select * from {{ ref('referral_rules') }}
)

select
    company_id,
    referral_reward,
    reward_months,
    commission_rate,
    least_referrals,
    milestone_amount
from rules
