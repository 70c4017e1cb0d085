with offers as (
    select * from {{ ref('stg_files__offers') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

{{ newest_rows(
    'newest', 'offers',
    ['webinar_id', 'offer_id', 'registrant_id', 'email_hash']
) }},

identified as (
    select
        newest.company_id,
        newest.webinar_id,
        newest.offer_id,
        newest.offer_title,
        newest.registrant_id,
        newest.email_hash,
        newest.shown_at,
        newest.clicked_at,
        (
            coalesce(newest.clicked_at, newest.shown_at)
            at time zone companies.time_zone
        )::date as acted_date
    from newest
    inner join companies
        on newest.company_id = companies.company_id
    where {{ not_of_team('newest') }}
)

select * from identified
