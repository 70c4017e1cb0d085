with
{{ newest_rows('invoices', ref('stg_files__invoices'), ['invoice_id']) }},

stripe as (
    select * from {{ ref('stg_stripe__invoices') }}
),

-- Of an invoice that Stripe tells, no file counts.
told as (
    select
        company_id,
        invoice_id,
        customer_id as account_id,
        status,
        total as amount_due,
        issued_at,
        due_at,
        paid_at,
        voided_at
    from stripe
    union all
    select
        invoices.company_id,
        invoices.invoice_id,
        invoices.account_id,
        invoices.status,
        invoices.amount_due,
        invoices.issued_at,
        invoices.due_at,
        invoices.paid_at,
        invoices.voided_at
    from invoices
    left join stripe
        on
            invoices.company_id = stripe.company_id
            and invoices.invoice_id = stripe.invoice_id
    where stripe.invoice_id is null
)

select * from told
