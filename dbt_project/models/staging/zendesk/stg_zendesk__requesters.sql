with source as (
    select * from {{ source('zendesk', 'requesters') }}
),

renamed as (
    select
        company_id,
        id as requester_id,
        organization_id,
        {{ own_domain('email_domain') }} as email_domain,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
