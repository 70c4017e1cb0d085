with source as (
    select * from {{ source('intercom', 'conversations') }}
),

-- What the company began is a ticket once the customer answers; what a machine
-- settled before any person wrote is none.
renamed as (
    select
        company_id,
        id as conversation_id,
        contact_id,
        case state
            when 'closed' then 'solved'
            when 'snoozed' then 'pending'
            else 'open'
        end as status,
        replied_at is null
        and coalesce(
            ai_resolution in ('confirmed_resolution', 'assumed_resolution'),
            false
        ) as is_left_to_machine,

        case
            when
                tags::jsonb @> '[{"name": "tier_3"}]'
                or tags::jsonb @> '[{"name": "nivel_3"}]'
                then 3
            when
                tags::jsonb @> '[{"name": "tier_2"}]'
                or tags::jsonb @> '[{"name": "nivel_2"}]'
                then 2
        end::bigint as support_tier,
        reply_seconds::numeric(24, 6) / 60 as first_reply_business_minutes,
        rating::numeric(24, 6) as score,

        case
            when initiated is null or initiated = 'customer_initiated'
                then created_at::timestamptz
            else contact_replied_at::timestamptz
        end as created_at,
        replied_at::timestamptz as first_replied_at,
        case state when 'closed' then closed_at::timestamptz end as solved_at,
        rated_at::timestamptz as rated_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
