with source as (
    select * from {{ source('files', 'registrants') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(registrant_id), '') as registrant_id,
        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        coalesce(replace(status, 'canceled', 'cancelled'), 'approved')
            as status,
        nullif(trim(channel), '') as channel_name,
        nullif(trim(industry), '') as industry,
        nullif(trim(company_size), '') as company_size,
        {{ job_level('job_title') }} as job_level,

        registered_at::timestamptz as registered_at,
        cancelled_at::timestamptz as cancelled_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
