with visits as (
    select * from {{ ref('int_webinar_visits_current') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

{{ registrants_named() }},

identified as (
    select
        visits.company_id,
        visits.webinar_id,
        row_number() over (
            partition by visits.company_id, visits.webinar_id
            order by
                visits.told_as,
                visits.session_id,
                visits.joined_at,
                visits.is_on_demand,
                visits.left_at,
                registrants.person_id
        )::integer as visit_number,
        coalesce(
            registrants.person_id,
            visits.email_hash,
            'registrant/' || visits.registrant_id,
            'visitor/' || visits.told_as
        ) as person_id,
        coalesce(visits.session_id, visits.told_as) as device_id,
        visits.is_on_demand,
        visits.joined_at,
        visits.left_at,
        visits.is_end_missing
    from visits
    {{ join_registrants('visits') }}
)

select * from identified
