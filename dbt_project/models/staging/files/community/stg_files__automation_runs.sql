with source as (
    select * from {{ source('files', 'automation_runs') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(run_id), '') as run_id,
        nullif(trim(flow_name), '') as flow_name,
        nullif(trim(status), '') as status,
        nullif(trim(error), '') as error,

        started_at::timestamptz as started_at,
        finished_at::timestamptz as finished_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
