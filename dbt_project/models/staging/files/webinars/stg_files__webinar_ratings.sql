with source as (
    select * from {{ source('files', 'webinar_ratings') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(rating_id), '') as rating_id,
        nullif(trim(registrant_id), '') as registrant_id,
        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        nullif(trim(section_title), '') as section_title,

        rating::numeric(24, 6) as rating,

        rated_at::timestamptz as rated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
