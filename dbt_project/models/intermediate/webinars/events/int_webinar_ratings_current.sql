with ratings as (
    select * from {{ ref('stg_files__webinar_ratings') }}
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
        newest.rating,
        newest.rated_at
    from newest
    where {{ not_of_team('newest') }}
)

select * from identified
