with source as (
    select * from {{ source('files', 'webinar_interactions') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(interaction_id), '') as interaction_id,
        nullif(trim(registrant_id), '') as registrant_id,
        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        nullif(trim(kind), '') as kind,
        nullif(trim(poll_id), '') as poll_id,
        nullif(trim(slide_id), '') as slide_id,

        rating::numeric(24, 6) as rating,
        seconds::numeric(24, 6) as viewed_seconds,

        occurred_at::timestamptz as occurred_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
