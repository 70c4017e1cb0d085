with ratings as (
    select * from {{ ref('stg_files__webinar_ratings') }}
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
    'newest', 'ratings',
    ['webinar_id', 'section_title', 'rating_id', 'registrant_id', 'email_hash']
) }},

identified as (
    select
        newest.company_id,
        newest.webinar_id,
        newest.section_title,
        newest.registrant_id,
        newest.email_hash,
        coalesce(
            registrants.person_id,
            newest.email_hash,
            'registrant/' || newest.registrant_id
        ) as person_id,
        newest.rating,
        newest.rated_at
    from newest
    left join registrants
        on
            newest.company_id = registrants.company_id
            and newest.webinar_id = registrants.webinar_id
            and newest.registrant_id = registrants.registrant_id
)

select * from identified
