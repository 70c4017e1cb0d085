with source as (
    select * from {{ source('zendesk', 'ratings') }}
),

renamed as (
    select
        company_id,
        id as rating_id,
        ticket_id,
        requester_id,

        case score when 'good' then 1 when 'bad' then 0 end::numeric as score,

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
