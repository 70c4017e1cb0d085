with source as (
    select * from {{ source('zendesk', 'answers') }}
),

-- The scale is that of the ratings there were to choose from.
scaled as (
    select
        source.company_id,
        source.id,
        source.question_id,
        min((choices.offered ->> 'rating')::numeric) as scale_min,
        max((choices.offered ->> 'rating')::numeric) as scale_max
    from source
    cross join
        lateral
        jsonb_array_elements(source.options::jsonb) as choices (offered)
    group by source.company_id, source.id, source.question_id
),

renamed as (
    select
        source.company_id,
        source.id as answer_id,
        source.question_id,
        source.requester_id,
        substring(
            source.subjects::text from 'zen:ticket:([0-9]+)'
        ) as ticket_id,

        source.rating::numeric(24, 6) as score,
        coalesce(scaled.scale_min, 1)::numeric(24, 6) as scale_min,
        coalesce(scaled.scale_max, 5)::numeric(24, 6) as scale_max,

        source.created_at::timestamptz as created_at,
        source.read_at::timestamptz as read_at,
        source._sdc_batched_at::timestamptz as loaded_at
    from source
    left join scaled
        on
            source.company_id = scaled.company_id
            and source.id = scaled.id
            and source.question_id = scaled.question_id
)

select * from renamed
