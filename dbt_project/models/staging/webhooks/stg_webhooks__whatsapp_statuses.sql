with events as (
    select * from {{ source('webhooks', 'events') }}
),

statuses as (
    select
        company_id,
        event_id as message_id,
        occurred_at,
        received_at,
        payload -> 'status' as told,
        substr(event_type, length('status.') + 1) as status
    from events
    where sender = 'whatsapp' and starts_with(event_type, 'status.')
),

-- A number becomes a hash, as everywhere else. Who sends names the campaign in
-- what WhatsApp hands back with each status.
renamed as (
    select
        company_id,
        message_id,
        case status when 'read' then 'opened' else status end as message_event,
        told ->> 'recipient_user_id' as whatsapp_id,
        encode(
            sha256(
                convert_to(
                    nullif(
                        regexp_replace(
                            told ->> 'recipient_id', '\D', '', 'g'
                        ),
                        ''
                    ),
                    'UTF8'
                )
            ),
            'hex'
        ) as phone_hash,
        coalesce(
            substring(
                told ->> 'biz_opaque_callback_data'
                from 'camp(?:aign)?=([^;&]+)'
            ),
            nullif(trim(told ->> 'biz_opaque_callback_data'), '')
        ) as campaign_id,
        told -> 'errors' -> 0 ->> 'code' as reason,
        occurred_at,
        received_at
    from statuses
    where status in ('sent', 'delivered', 'read', 'failed')
)

select * from renamed
