with visits as (
    select
        *,
        coalesce(registrant_id, email_hash, session_id, 'line/' || line_number)
            as told_as
    from {{ ref('stg_files__attendances') }}
    -- Who is on the stage attends nothing.
    where attendee_role = 'attendee'
),

{{ newest_rows(
    'newest', 'visits',
    ['webinar_id', 'told_as', 'session_id', 'joined_at', 'is_on_demand']
) }},

told as (
    select
        company_id,
        webinar_id,
        registrant_id,
        email_hash,
        session_id,
        told_as,
        is_on_demand,
        joined_at,
        left_at
    from newest
    where {{ not_of_zoom('newest') }} and {{ not_of_team('newest') }}
    union all
    select
        company_id,
        webinar_id,
        registrant_id,
        email_hash,
        device_id as session_id,
        device_id as told_as,
        false as is_on_demand,
        joined_at,
        left_at
    from {{ ref('int_zoom_visits') }}
),

-- Who comes in again on the same device had left before.
ended as (
    select
        company_id,
        webinar_id,
        registrant_id,
        email_hash,
        session_id,
        told_as,
        is_on_demand,
        joined_at,
        coalesce(
            left_at,
            lead(joined_at) over (
                partition by
                    company_id, webinar_id, told_as, session_id, is_on_demand
                order by joined_at
            )
        ) as left_at,
        left_at is null as is_end_missing
    from told
)

select * from ended
