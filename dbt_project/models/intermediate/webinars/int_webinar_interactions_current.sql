with interactions as (
    select
        *,
        -- Without an id or a moment, rows are told apart by their line.
        coalesce(
            interaction_id,
            occurred_at::text,
            poll_id,
            'line/' || line_number
        ) as told_as
    from {{ ref('stg_files__webinar_interactions') }}
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
    'newest', 'interactions',
    ['webinar_id', 'kind', 'told_as', 'poll_id', 'registrant_id', 'email_hash']
) }},

identified as (
    select
        newest.company_id,
        newest.webinar_id,
        newest.kind,
        coalesce(
            registrants.person_id,
            newest.email_hash,
            'registrant/' || newest.registrant_id
        ) as person_id,
        newest.poll_id,
        newest.rating,
        newest.occurred_at
    from newest
    left join registrants
        on
            newest.company_id = registrants.company_id
            and newest.webinar_id = registrants.webinar_id
            and newest.registrant_id = registrants.registrant_id
)

select * from identified
