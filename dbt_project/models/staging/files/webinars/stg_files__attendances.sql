with source as (
    select * from {{ source('files', 'attendances') }}
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
        nullif(trim(session_id), '') as session_id,
        coalesce(role, 'attendee') as attendee_role,

        coalesce(is_on_demand, false) as is_on_demand,

        joined_at::timestamptz as joined_at,
        left_at::timestamptz as left_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
