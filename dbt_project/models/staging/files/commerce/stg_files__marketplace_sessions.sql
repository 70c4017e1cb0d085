with source as (
    select * from {{ source('files', 'marketplace_sessions') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(session_id), '') as session_id,
        nullif(trim(user_id), '') as user_id,
        nullif(trim(channel), '') as channel_name,
        started_at::timestamptz as started_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
