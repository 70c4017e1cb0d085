with source as (
    select * from {{ source('zendesk', 'sla_policies') }}
),

renamed as (
    select
        company_id,
        id as policy_id,
        priority,
        metric,

        position::bigint as position, -- noqa: RF04
        coalesce(
            target_seconds::numeric / 60, target_minutes::numeric
        )::numeric(24, 6) as target_minutes,
        coalesce(business_hours::boolean, false) as is_business,

        jsonb_build_object(
            'all', coalesce(all_of, '[]')::jsonb,
            'any', coalesce(any_of, '[]')::jsonb
        ) as conditions,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
