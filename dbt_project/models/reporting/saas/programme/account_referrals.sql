with referrals as (
    select * from {{ source('predictions', 'account_referrals') }}
),

accounts as (
    select * from {{ ref('accounts') }}
),

inputs as (
    select * from {{ ref('account_health_inputs') }}
),

labels as (
    select * from {{ ref('account_labels') }}
),

told as (
    select
        referrals.company_id,
        referrals.referred_account_id,
        coalesce(came.account_name, referrals.referred_account_id)
            as referred_name,
        referrals.referrer_account_id,
        coalesce(sent.account_name, referrals.referrer_account_id)
            as referrer_name,
        referrals.attributed_by,
        referrals.referral_code,
        referrals.referred_on,
        referrals.touch_count,
        referrals.paid_invoice_count,
        inputs.mrr_amount,
        referrals.reward_state,
        states.place as state_place,
        states.label_es as state_label_es,
        states.label_en as state_label_en,
        referrals.flag_score,
        referrals.needs_review,
        referrals.as_of_date
    from referrals
    inner join labels as states
        on
            states.kind = 'reward'
            and case
                when referrals.needs_review and referrals.reward_state = 'due'
                    then 'review'
                else referrals.reward_state
            end = states.word
    left join accounts as came
        on
            referrals.company_id = came.company_id
            and referrals.referred_account_id = came.account_id
    left join accounts as sent
        on
            referrals.company_id = sent.company_id
            and referrals.referrer_account_id = sent.account_id
    left join inputs
        on
            referrals.company_id = inputs.company_id
            and referrals.referred_account_id = inputs.account_id
            and referrals.as_of_date = inputs.scored_on
)

select * from told
