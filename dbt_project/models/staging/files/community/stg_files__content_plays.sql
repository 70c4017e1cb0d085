with source as (
    select * from {{ source('files', 'content_plays') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(play_id), '') as play_id,
        nullif(trim(content_id), '') as content_id,
        nullif(trim(contact_id), '') as contact_id,

        minutes::numeric(24, 6) as minutes,

        started_at::timestamptz as started_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
