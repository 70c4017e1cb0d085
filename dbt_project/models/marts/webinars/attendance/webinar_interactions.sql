with interactions as (
    select * from {{ ref('int_webinar_interactions_current') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
),

{{ registrants_named() }},

identified as (
    select
        told.company_id,
        told.webinar_id,
        told.kind,
        coalesce(
            registrants.person_id,
            told.email_hash,
            'registrant/' || told.registrant_id,
            'visitor/' || told.device_id
        ) as person_id,
        told.poll_id,
        told.slide_id,
        told.rating,
        told.viewed_seconds,
        told.occurred_at
    from interactions as told
    {{ join_registrants('told') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by company_id, webinar_id
            order by
                kind,
                person_id,
                occurred_at,
                poll_id,
                slide_id,
                rating,
                viewed_seconds
        )::integer as interaction_number
    from identified
)

select * from numbered
