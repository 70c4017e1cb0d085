with records as (
    select * from {{ ref('stg_ops__quarantined_records') }}
),

files as (
    select
        company_id,
        file_sha256
    from {{ ref('int_files_current') }}
),

current_records as (
    select
        records.company_id,
        records.source_slug,
        records.stream_name,
        records.batch_id,
        records.location,
        records.reason,
        records.quarantined_at
    from records
    left join files
        on
            records.company_id = files.company_id
            and records.batch_id = files.file_sha256
    where
        records.source_slug <> 'files'
        or records.batch_id is null
        or files.file_sha256 is not null
)

select * from current_records
