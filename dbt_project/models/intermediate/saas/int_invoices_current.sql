with invoices as (
    select * from {{ ref('stg_files__invoices') }}
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
        invoices.*,
        row_number() over (
            partition by invoices.company_id, invoices.invoice_id
            order by
                files.exported_at desc,
                files.file_name desc,
                invoices.line_number desc
        ) as recency_rank
    from invoices
    inner join files
        on
            invoices.company_id = files.company_id
            and invoices.file_sha256 = files.file_sha256
),

current_invoices as (
    select
        company_id,
        invoice_id,
        case when voided_at is null then status else 'void' end as status,
        paid_at
    from ranked
    where recency_rank = 1
)

select * from current_invoices
