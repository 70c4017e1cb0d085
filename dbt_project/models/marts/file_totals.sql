with companies as (
    select company_id from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

files as (
    select
        company_id,
        count(*) as file_count,
        sum(row_count) as row_count,
        sum(loaded_row_count) as loaded_row_count,
        sum(rejected_total) as quarantined_amount
    from {{ ref('stg_files__files') }}
    where {{ is_in_scope() }}
    group by company_id
),

quarantined_records as (
    select
        company_id,
        count(*) as quarantined_row_count
    from {{ ref('int_quarantined_records_current') }}
    where {{ is_in_scope() }}
    group by company_id
),

totalled as (
    select
        companies.company_id,
        coalesce(files.file_count, 0)::integer as file_count,
        coalesce(files.row_count, 0)::integer as row_count,
        coalesce(files.loaded_row_count, 0)::integer as loaded_row_count,
        coalesce(quarantined_records.quarantined_row_count, 0)::integer
            as quarantined_row_count,
        coalesce(files.quarantined_amount, 0)::numeric(18, 2)
            as quarantined_amount
    from companies
    left join files
        on companies.company_id = files.company_id
    left join quarantined_records
        on companies.company_id = quarantined_records.company_id
)

select * from totalled
