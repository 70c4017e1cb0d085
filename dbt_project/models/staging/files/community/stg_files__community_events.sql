with source as (
    select * from {{ source('files', 'community_events') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(event_id), '') as event_id,
        nullif(trim(event_type), '') as event_type,
        nullif(trim(contact_id), '') as contact_id,
        nullif(trim(client_id), '') as client_id,
        nullif(trim(source), '') as utm_source,
        nullif(trim(medium), '') as medium,
        nullif(trim(campaign), '') as campaign,

        occurred_at::timestamptz as occurred_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
