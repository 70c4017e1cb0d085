with visits as (
    select
        *,
        coalesce(registrant_id, email_hash, session_id, 'line/' || line_number)
            as told_as
    from {{ ref('stg_files__attendances') }}
    -- Who is on the stage attends nothing.
    where attendee_role = 'attendee'
),

registrants as (
    select
        company_id,
        webinar_id,
        registrant_id,
        person_id
    from {{ ref('int_webinar_registrants_current') }}
    where registrant_id is not null
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
    where {{ not_of_zoom('newest') }}
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

identified as (
    select
        told.company_id,
        told.webinar_id,
        coalesce(
            registrants.person_id,
            told.email_hash,
            'registrant/' || told.registrant_id,
            'visitor/' || told.told_as
        ) as person_id,
        coalesce(told.session_id, told.told_as) as device_id,
        told.is_on_demand,
        told.joined_at,
        -- Who comes in again on the same device had left before.
        coalesce(
            told.left_at,
            lead(told.joined_at) over (
                partition by
                    told.company_id,
                    told.webinar_id,
                    told.told_as,
                    told.session_id,
                    told.is_on_demand
                order by told.joined_at
            )
        ) as left_at,
        told.left_at is null as is_end_missing
    from told
    left join registrants
        on
            told.company_id = registrants.company_id
            and told.webinar_id = registrants.webinar_id
            and told.registrant_id = registrants.registrant_id
)

select * from identified
