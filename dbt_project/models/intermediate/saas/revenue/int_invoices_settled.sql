with told as (
    select * from {{ ref('int_invoices_told') }}
),

payments as (
    select
        company_id,
        invoice_id,
        min(attempted_at) as paid_at,
        bool_or(status = 'refunded') as is_refunded
    from {{ ref('int_invoice_payments_current') }}
    where status in ('succeeded', 'refunded')
    group by company_id, invoice_id
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

paid as (
    select
        told.company_id,
        told.invoice_id,
        coalesce(merged.account_id, told.account_id) as account_id,
        told.status,
        told.amount_due,
        told.issued_at,
        told.due_at,
        told.voided_at,
        coalesce(payments.is_refunded, false) as is_refunded,
        -- Nobody knows when: at once.
        coalesce(
            told.paid_at,
            payments.paid_at,
            case when told.status = 'paid' then told.issued_at end
        ) as paid_at
    from told
    left join payments
        on
            told.company_id = payments.company_id
            and told.invoice_id = payments.invoice_id
    left join merged
        on
            told.company_id = merged.company_id
            and told.account_id = merged.merged_account_id
),

-- One that was made void nobody knows when was owed by nobody.
settled as (
    select
        paid.company_id,
        paid.invoice_id,
        paid.account_id,
        (paid.issued_at at time zone companies.time_zone)::date as issued_on,
        (paid.due_at at time zone companies.time_zone)::date as due_on,
        (
            least(paid.paid_at, paid.voided_at)
            at time zone companies.time_zone
        )::date as settled_on,
        paid.paid_at is not null
        and paid.voided_at is null
        and paid.status <> 'void' as is_paid,
        paid.is_refunded
    from paid
    inner join companies
        on paid.company_id = companies.company_id
    where
        paid.status <> 'draft'
        and (paid.status <> 'void' or paid.voided_at is not null)
        and paid.amount_due > 0
)

select * from settled
