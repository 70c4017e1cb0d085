with source as (
    select * from {{ source('files', 'product_events') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(message_id), '') as message_id,
        nullif(trim(event_kind), '') as event_kind,
        nullif(trim(event), '') as event, -- noqa: RF04
        -- Who is called by their device is nobody that is known.
        case
            when
                trim(user_id) not in (
                    '', coalesce(trim(anonymous_id), ''),
                    '$device:' || coalesce(trim(anonymous_id), '')
                )
                then trim(user_id)
        end as user_id,
        nullif(trim(anonymous_id), '') as anonymous_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(feature), '') as feature,
        nullif(nullif(trim(session_id), ''), '-1') as session_id,
        nullif(trim(platform), '') as platform,

        duration_seconds::numeric(24, 6) as duration_seconds,

        is_internal,

        occurred_at::timestamptz as occurred_at,
        -- Where a file tells no such moment, or a later one, it is when it was
        -- read.
        least(received_at::timestamptz, _sdc_extracted_at::timestamptz)
            as received_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
