with rows_of_files as (
    select * from {{ ref('stg_files__marketplace_order_items') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

-- The items of an order are told whole by the file exported last.
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
        coalesce(item_id, 'line ' || line_number) as item_id,
        line_number,
        product_id,
        product_name,
        category,
        currency_code,
        quantity,
        price,
        discount_amount,
        shipping_amount,
        loaded_at
    from ranked
    where file_rank = 1
)

select * from told
