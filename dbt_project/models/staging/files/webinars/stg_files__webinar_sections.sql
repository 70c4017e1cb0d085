with source as (
    select * from {{ source('files', 'webinar_sections') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(section_title), '') as section_title,

        start_minute::numeric(24, 6) as start_minute,
        end_minute::numeric(24, 6) as end_minute,

        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
