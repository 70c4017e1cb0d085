with rows_of_files as (
    select * from {{ ref('stg_files__marketplace_payments') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

-- The payments of an order are told whole by the file exported last.
ranked as (
    select
        rows_of_files.*,
        dense_rank() over (
            partition by rows_of_files.company_id, rows_of_files.order_id
            order by files.exported_at desc, files.file_name desc
        ) as file_rank
    from rows_of_files
    inner join files
        on
            rows_of_files.company_id = files.company_id
            and rows_of_files.file_sha256 = files.file_sha256
),

told as (
    select
        company_id,
        order_id,
        payment_id,
        line_number,
        payment_method,
        payment_status,
        currency_code,
        amount,
        paid_at,
        loaded_at
    from ranked
    where file_rank = 1
)

select * from told
