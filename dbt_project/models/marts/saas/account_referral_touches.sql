with
{{ newest_rows(
    'touches', ref('stg_files__account_referrals'), ['touch_id']
) }},

companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
    where {{ is_in_scope() }}
),

accounts as (
    select * from {{ ref('accounts') }}
    where {{ is_in_scope() }}
),

periods as (
    select
        company_id,
        account_id,
        min(from_date) as first_paid_date
    from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and mrr_amount > 0
    group by company_id, account_id
),

invoices as (
    select
        invoices.company_id,
        invoices.account_id,
        (count(*) filter (where not invoices.is_refunded))::integer
            as paid_invoice_count,
        min(invoices.settled_on) filter (where not invoices.is_refunded)
            as first_settled_date,
        bool_or(invoices.is_refunded) as is_refunded
    from {{ ref('int_invoices_settled') }} as invoices
    inner join companies
        on
            invoices.company_id = companies.company_id
            and invoices.settled_on <= companies.as_of_date
    where {{ is_in_scope('invoices.company_id') }} and invoices.is_paid
    group by invoices.company_id, invoices.account_id
),

active as (
    select distinct
        company_id,
        account_id
    from {{ ref('account_user_days') }}
    where {{ is_in_scope() }}
),

known as (
    select distinct company_id
    from active
),

dated as (
    select
        touches.company_id,
        touches.touch_id,
        coalesce(senders.account_id, touches.referrer_account_id)
            as referrer_account_id,
        coalesce(receivers.account_id, touches.referred_account_id)
            as referred_account_id,
        receivers.account_id is not null as was_merged,
        touches.touch_kind,
        touches.referral_code,
        touches.touched_at,
        (touches.touched_at at time zone companies.time_zone)::date
            as touch_date,
        coalesce(touches.is_on_coupon_site, false) as is_on_coupon_site,
        companies.as_of_date
    from touches
    inner join companies
        on
            touches.company_id = companies.company_id
            and (touches.touched_at at time zone companies.time_zone)::date
            <= companies.as_of_date
    left join merged as senders
        on
            touches.company_id = senders.company_id
            and touches.referrer_account_id = senders.merged_account_id
    left join merged as receivers
        on
            touches.company_id = receivers.company_id
            and touches.referred_account_id = receivers.merged_account_id
),

joined as (
    select
        dated.company_id,
        dated.touch_id,
        dated.referrer_account_id,
        dated.referred_account_id,
        dated.was_merged,
        dated.touch_kind,
        dated.referral_code,
        dated.touched_at,
        dated.touch_date,
        dated.is_on_coupon_site,
        coalesce(accounts.signed_up_date, periods.first_paid_date)
            as signed_up_date,
        coalesce(invoices.paid_invoice_count, 0) as paid_invoice_count,
        invoices.first_settled_date,
        coalesce(invoices.is_refunded, false) as is_refunded,
        case
            when known.company_id is not null then active.account_id is not null
        end as was_ever_active,
        dated.as_of_date
    from dated
    left join accounts
        on
            dated.company_id = accounts.company_id
            and dated.referred_account_id = accounts.account_id
    left join periods
        on
            dated.company_id = periods.company_id
            and dated.referred_account_id = periods.account_id
    left join invoices
        on
            dated.company_id = invoices.company_id
            and dated.referred_account_id = invoices.account_id
    left join active
        on
            dated.company_id = active.company_id
            and dated.referred_account_id = active.account_id
    left join known
        on dated.company_id = known.company_id
)

select * from joined
