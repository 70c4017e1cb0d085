with pairs as (
    select * from {{ ref('int_purchase_logs_paired') }}
),

either as (
    select
        company_id,
        older_sha256 as file_sha256,
        older_number as file_number
    from pairs
    union all
    select
        company_id,
        newer_sha256 as file_sha256,
        newer_number as file_number
    from pairs
),

paired_files as (
    select distinct
        company_id,
        file_sha256,
        file_number
    from either
),

-- The third of three equal rows of a file is the third of the other's.
numbered as (
    select
        purchases.company_id,
        purchases.file_sha256,
        purchases.line_number,
        paired_files.file_number,
        (purchases.purchased_at at time zone 'UTC')::date as purchase_date,
        concat_ws(
            ' ',
            purchases.customer_id,
            purchases.currency_code,
            trim_scale(purchases.amount),
            purchases.purchased_at
        ) as told,
        row_number() over (
            partition by
                purchases.company_id,
                purchases.file_sha256,
                purchases.customer_id,
                purchases.currency_code,
                purchases.amount,
                purchases.purchased_at
            order by purchases.line_number
        ) as copy_number
    from {{ ref('stg_files__purchases') }} as purchases
    inner join paired_files
        on
            purchases.company_id = paired_files.company_id
            and purchases.file_sha256 = paired_files.file_sha256
    where purchases.purchase_id is null
),

-- Which files tell the same row, and in which lines: what is counted by the few
-- such sets of files takes time by the rows and not by the pairs of them.
told_in as (
    select
        *,
        array_agg(file_number) over (
            partition by company_id, told, copy_number
            order by file_number
            rows between unbounded preceding and unbounded following
        ) as file_numbers,
        array_agg(line_number) over (
            partition by company_id, told, copy_number
            order by file_number
            rows between unbounded preceding and unbounded following
        ) as line_numbers
    from numbered
)

select * from told_in
