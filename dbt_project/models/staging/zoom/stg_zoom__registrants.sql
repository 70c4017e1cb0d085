with source as (
    select * from {{ source('zoom', 'registrants') }}
),

renamed as (
    select
        company_id,
        webinar_number,
        id as registrant_id,
        {{ hashed_email('email') }} as email_hash,
        industry,
        company_size,
        {{ job_level('job_title') }} as job_level,

        registered_at::timestamptz as registered_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
