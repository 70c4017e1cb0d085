with
{{ newest_rows('invoices', ref('stg_files__invoices'), ['invoice_id']) }},

current_invoices as (
    select
        company_id,
        invoice_id,
        case when voided_at is null then status else 'void' end as status,
        paid_at
    from invoices
)

select * from current_invoices
