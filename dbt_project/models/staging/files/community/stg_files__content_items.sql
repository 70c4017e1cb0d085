with source as (
    select * from {{ source('files', 'content_items') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(content_id), '') as content_id,
        nullif(trim(title), '') as title,
        nullif(trim(content_kind), '') as content_kind,
        nullif(trim(topic), '') as topic,

        duration_minutes::numeric(24, 6) as duration_minutes,

        published_at::timestamptz as published_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
