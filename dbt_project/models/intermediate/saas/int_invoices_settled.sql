with
{{ newest_rows('invoices', ref('stg_files__invoices'), ['invoice_id']) }},

payments as (
    select
        company_id,
        invoice_id,
        min(attempted_at) as paid_at
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

-- An invoice that was paid nobody knows when was paid at once; one that was
-- made void nobody knows when was owed by nobody.
settled as (
    select
        invoices.company_id,
        invoices.invoice_id,
        coalesce(merged.account_id, invoices.account_id) as account_id,
        (invoices.issued_at at time zone companies.time_zone)::date
            as issued_on,
        (invoices.due_at at time zone companies.time_zone)::date as due_on,
        (least(
            coalesce(
                invoices.paid_at,
                payments.paid_at,
                case when invoices.status = 'paid' then invoices.issued_at end
            ),
            invoices.voided_at
        ) at time zone companies.time_zone)::date as settled_on
    from invoices
    inner join companies
        on invoices.company_id = companies.company_id
    left join payments
        on
            invoices.company_id = payments.company_id
            and invoices.invoice_id = payments.invoice_id
    left join merged
        on
            invoices.company_id = merged.company_id
            and invoices.account_id = merged.merged_account_id
    where
        invoices.status <> 'draft'
        and (invoices.status <> 'void' or invoices.voided_at is not null)
        and invoices.amount_due > 0
)

select * from settled
