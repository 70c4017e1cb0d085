with source as (
    select * from {{ source('files', 'tickets') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(ticket_id), '') as ticket_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(status), '') as status,
        nullif(trim(priority), '') as priority,
        nullif(trim(channel), '') as channel,

        support_tier::bigint as support_tier,
        first_reply_business_minutes::numeric(24, 6)
            as first_reply_business_minutes,
        reopen_count::bigint as reopen_count,

        created_at::timestamptz as created_at,
        first_replied_at::timestamptz as first_replied_at,
        solved_at::timestamptz as solved_at,
        escalated_at::timestamptz as escalated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
