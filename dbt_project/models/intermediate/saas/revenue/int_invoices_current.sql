with
{{ newest_rows('invoices', ref('stg_files__invoices'), ['invoice_id']) }},

stripe as (
    select * from {{ ref('stg_stripe__invoices') }}
),

-- Of an invoice that Stripe tells, no file counts.
current_invoices as (
    select
        company_id,
        invoice_id,
        status,
        paid_at
    from stripe
    union all
    select
        invoices.company_id,
        invoices.invoice_id,
        case
            when invoices.voided_at is null then invoices.status
            else 'void'
        end as status,
        invoices.paid_at
    from invoices
    left join stripe
        on
            invoices.company_id = stripe.company_id
            and invoices.invoice_id = stripe.invoice_id
    where stripe.invoice_id is null
)

select * from current_invoices
