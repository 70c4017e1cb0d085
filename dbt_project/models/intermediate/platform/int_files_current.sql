with files as (
    select
        company_id,
        file_sha256,
        file_name,
        contract,
        exported_at,
        first_date,
        last_date,
        order_count,
        loaded_row_count,
        loaded_total
    from {{ ref('stg_files__files') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, file_sha256
            order by exported_at desc, file_name desc
        ) as recency_rank
    from files
),

current_files as (
    select
        company_id,
        file_sha256,
        file_name,
        contract,
        exported_at,
        first_date,
        last_date,
        order_count,
        loaded_row_count,
        loaded_total
    from ranked
    where recency_rank = 1
)

select * from current_files
