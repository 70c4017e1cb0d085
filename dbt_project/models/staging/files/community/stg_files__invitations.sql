with source as (
    select * from {{ source('files', 'invitations') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(invitation_id), '') as invitation_id,
        nullif(trim(inviter_contact_id), '') as inviter_contact_id,
        nullif(trim(invited_contact_id), '') as invited_contact_id,
        nullif(trim(channel), '') as channel,

        invited_at::timestamptz as invited_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
