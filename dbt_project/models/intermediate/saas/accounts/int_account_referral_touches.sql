with
{{ newest_rows(
    'touches', ref('stg_files__account_referrals'), ['touch_id']
) }},

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
),

dated as (
    select
        touches.company_id,
        touches.touch_id,
        coalesce(senders.account_id, touches.referrer_account_id)
            as referrer_account_id,
        coalesce(receivers.account_id, touches.referred_account_id)
            as referred_account_id,
        filed.account_id is not null as was_merged,
        touches.touch_kind,
        touches.referral_code,
        touches.touched_at,
        (touches.touched_at at time zone companies.time_zone)::date
            as touch_date,
        coalesce(touches.is_on_coupon_site, false) as is_on_coupon_site
    from touches
    inner join companies
        on touches.company_id = companies.company_id
    left join merged as senders
        on
            touches.company_id = senders.company_id
            and touches.referrer_account_id = senders.merged_account_id
    left join merged as receivers
        on
            touches.company_id = receivers.company_id
            and touches.referred_account_id = receivers.merged_account_id
    -- A customer of Stripe with another name was not merged.
    left join {{ ref('int_accounts_filed') }} as filed
        on
            touches.company_id = filed.company_id
            and touches.referred_account_id = filed.account_id
            and filed.account_id <> filed.merged_into_account_id
)

select * from dated
