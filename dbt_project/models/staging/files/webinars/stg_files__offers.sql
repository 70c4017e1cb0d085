with source as (
    select * from {{ source('files', 'offers') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(webinar_id), '') as webinar_id,
        nullif(trim(offer_id), '') as offer_id,
        nullif(trim(offer_title), '') as offer_title,
        nullif(trim(registrant_id), '') as registrant_id,
        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,

        shown_at::timestamptz as shown_at,
        clicked_at::timestamptz as clicked_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
