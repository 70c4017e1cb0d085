with source as (
    select * from {{ source('zendesk', 'answers') }}
),

renamed as (
    select
        company_id,
        id as answer_id,
        question_id,
        requester_id,
        substring(subjects::text from 'zen:ticket:([0-9]+)') as ticket_id,

        rating::numeric(24, 6) as score,

        options::jsonb as options, -- noqa: RF04

        created_at::timestamptz as created_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
