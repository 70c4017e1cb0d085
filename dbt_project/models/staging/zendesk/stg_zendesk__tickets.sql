with source as (
    select * from {{ source('zendesk', 'tickets') }}
),

-- Who was merged into another ticket is that one: Zendesk closes it with a tag.
renamed as (
    select
        company_id,
        id as ticket_id,
        organization_id,
        requester_id,
        status,
        coalesce(via_relation = 'merge', false)
        or coalesce(tags::jsonb ? 'closed_by_merge', false) as is_merged,

        case
            when tags::jsonb ?| array['tier_3', 'nivel_3'] then 3
            when tags::jsonb ?| array['tier_2', 'nivel_2'] then 2
        end::bigint as support_tier,
        priority,
        tags::jsonb as tags,
        reply_business_minutes::numeric(24, 6) as first_reply_business_minutes,

        created_at::timestamptz as created_at,
        created_at::timestamptz + interval '1 minute' * coalesce(
            reply_minutes::numeric, reply_seconds::numeric / 60
        )::double precision as first_replied_at,
        -- It stays when the ticket is opened again, and is then not solved.
        case
            when status in ('solved', 'closed') then solved_at::timestamptz
        end as solved_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
