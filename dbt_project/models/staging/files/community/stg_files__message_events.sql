with source as (
    select * from {{ source('files', 'message_events') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(message_id), '') as message_id,
        nullif(trim(message_event), '') as message_event,
        nullif(trim(campaign_id), '') as campaign_id,
        nullif(trim(channel), '') as channel,
        nullif(trim(contact_id), '') as contact_id,
        nullif(trim(reason), '') as reason,

        is_machine,

        occurred_at::timestamptz as occurred_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
