with payouts as (
    select * from {{ ref('reward_payouts') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'payout'
),

accounts as (
    select * from {{ ref('accounts') }}
),

told as (
    select
        payouts.company_id,
        payouts.payout_id,
        payouts.account_id,
        coalesce(accounts.account_name, payouts.account_id) as account_name,
        payouts.reward_kind,
        labels.place,
        labels.label_es as reward_label_es,
        labels.label_en as reward_label_en,
        payouts.paid_on,
        payouts.payout_amount
    from payouts
    inner join labels
        on payouts.reward_kind = labels.word
    left join accounts
        on
            payouts.company_id = accounts.company_id
            and payouts.account_id = accounts.account_id
)

select * from told
