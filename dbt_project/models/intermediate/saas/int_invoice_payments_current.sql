with
{{ newest_rows('payments', ref('stg_files__payments'), ['payment_id']) }},

current_payments as (
    select
        company_id,
        payment_id,
        invoice_id,
        status,
        attempted_at
    from payments
)

select * from current_payments
