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

identified as (
    select
        newest.company_id,
        newest.webinar_id,
        coalesce(
            registrants.person_id,
            newest.email_hash,
            'registrant/' || newest.registrant_id,
            'visitor/' || newest.told_as
        ) as person_id,
        coalesce(newest.session_id, newest.told_as) as device_id,
        newest.is_on_demand,
        newest.joined_at,
        -- Who comes in again on the same device had left before.
        coalesce(
            newest.left_at,
            lead(newest.joined_at) over (
                partition by
                    newest.company_id,
                    newest.webinar_id,
                    newest.told_as,
                    newest.session_id,
                    newest.is_on_demand
                order by newest.joined_at
            )
        ) as left_at,
        newest.left_at is null as is_end_missing
    from newest
    left join registrants
        on
            newest.company_id = registrants.company_id
            and newest.webinar_id = registrants.webinar_id
            and newest.registrant_id = registrants.registrant_id
)

select * from identified
