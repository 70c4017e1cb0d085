with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

touches as (
    select * from {{ ref('int_account_referral_touches') }}
    where {{ is_in_scope() }}
),

accounts as (
    select * from {{ ref('accounts') }}
    where {{ is_in_scope() }}
),

-- Who paid before it signed up, as a list made later tells, was there already.
periods as (
    select
        paid.company_id,
        paid.account_id,
        min(paid.from_date) as first_paid_date,
        max(least(paid.to_date - 1, accounts.signed_up_date)) filter (
            where paid.from_date < accounts.signed_up_date
        ) as was_customer_until
    from {{ ref('account_mrr_periods') }} as paid
    left join accounts
        on
            paid.company_id = accounts.company_id
            and paid.account_id = accounts.account_id
    where {{ is_in_scope('paid.company_id') }} and paid.mrr_amount > 0
    group by paid.company_id, paid.account_id
),

invoices as (
    select * from {{ ref('account_invoices_paid') }}
    where {{ is_in_scope() }}
),

active as (
    select distinct
        company_id,
        account_id
    from {{ ref('account_event_months') }}
    where {{ is_in_scope() }} and event_use = 'counted'
),

joined as (
    select
        touches.company_id,
        touches.touch_id,
        touches.referrer_account_id,
        touches.referred_account_id,
        touches.was_merged,
        touches.touch_kind,
        touches.referral_code,
        touches.touched_at,
        touches.touch_date,
        touches.is_on_coupon_site,
        companies.as_of_date,
        coalesce(accounts.signed_up_date, periods.first_paid_date)
            as signed_up_date,
        periods.was_customer_until,
        periods.first_paid_date,
        coalesce(invoices.paid_invoice_count, 0) as paid_invoice_count,
        invoices.first_settled_date,
        coalesce(invoices.is_refunded, false) as is_refunded,
        case
            when known.company_id is not null then active.account_id is not null
        end as was_ever_active
    from touches
    inner join companies
        on
            touches.company_id = companies.company_id
            and touches.touch_date <= companies.as_of_date
    left join accounts
        on
            touches.company_id = accounts.company_id
            and touches.referred_account_id = accounts.account_id
    left join periods
        on
            touches.company_id = periods.company_id
            and touches.referred_account_id = periods.account_id
    left join invoices
        on
            touches.company_id = invoices.company_id
            and touches.referred_account_id = invoices.account_id
    left join active
        on
            touches.company_id = active.company_id
            and touches.referred_account_id = active.account_id
    left join {{ ref('product_use_spans') }} as known
        on
            touches.company_id = known.company_id
            and {{ is_in_scope('known.company_id') }}
)

select * from joined
