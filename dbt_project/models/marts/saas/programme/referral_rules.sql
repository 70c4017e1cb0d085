with
{{ newest_rows(
    'rules', ref('stg_files__referral_rules'), ['referral_reward']
) }}

select
    company_id,
    referral_reward,
    reward_months::double precision as reward_months,
    commission_rate::double precision as commission_rate,
    least_referrals::integer as least_referrals,
    milestone_amount::numeric(18, 2) as milestone_amount
from rules
