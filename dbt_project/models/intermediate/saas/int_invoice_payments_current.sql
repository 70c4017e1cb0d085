with payments as (
    select * from {{ ref('stg_files__payments') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

ranked as (
    select
        payments.*,
        row_number() over (
            partition by payments.company_id, payments.payment_id
            order by
                files.exported_at desc,
                files.file_name desc,
                payments.line_number desc
        ) as recency_rank
    from payments
    inner join files
        on
            payments.company_id = files.company_id
            and payments.file_sha256 = files.file_sha256
),

current_payments as (
    select
        company_id,
        payment_id,
        invoice_id,
        status,
        attempted_at
    from ranked
    where recency_rank = 1
)

select * from current_payments
