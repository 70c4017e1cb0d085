with source as (
    select * from {{ source('files', 'contacts') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(contact_id), '') as contact_id,
        {{ hashed_email('email') }} as email_hash,
        {{ hashed_phone('phone') }} as phone_hash,
        nullif(trim(whatsapp_id), '') as whatsapp_id,
        nullif(trim(client_id), '') as client_id,
        nullif(trim(source), '') as utm_source,
        nullif(trim(medium), '') as medium,
        nullif(trim(campaign), '') as campaign,
        nullif(trim(merged_into), '') as merged_into,

        has_email_consent,
        has_whatsapp_consent,

        registered_at::timestamptz as registered_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
