with registrants as (
    select
        *,
        coalesce(registrant_id, email_hash, 'line/' || line_number)
            as told_as
    from {{ ref('stg_files__registrants') }}
),

{{ newest_rows(
    'newest', 'registrants',
    ['webinar_id', 'told_as']
) }},

identified as (
    select
        company_id,
        webinar_id,
        told_as,
        coalesce(email_hash, 'registrant/' || told_as) as person_id,
        registrant_id,
        status,
        registered_at,
        cancelled_at,
        channel_name,
        industry,
        company_size,
        job_level
    from newest
    where {{ not_of_zoom('newest') }} and {{ not_of_team('newest') }}
    union all
    select
        company_id,
        webinar_id,
        told_as,
        person_id,
        registrant_id,
        status,
        registered_at,
        cancelled_at,
        null::text as channel_name,
        industry,
        company_size,
        job_level
    from {{ ref('int_zoom_registrants') }}
)

select * from identified
