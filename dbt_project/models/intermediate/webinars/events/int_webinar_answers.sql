with opinions as (
    select
        company_id,
        webinar_id,
        'survey' as kind,
        registrant_id,
        email_hash,
        rating,
        rated_at as occurred_at
    from {{ ref('int_webinar_ratings_current') }}
    where section_title is null
),

clicks as (
    select
        company_id,
        webinar_id,
        'cta' as kind,
        registrant_id,
        email_hash,
        null::numeric(24, 6) as rating,
        clicked_at as occurred_at
    from {{ ref('int_webinar_offers_current') }}
    where clicked_at is not null
),

-- A click that both files tell of is one: a webinar's are of one of them.
told as (
    select
        company_id,
        webinar_id
    from {{ ref('stg_files__webinar_interactions') }}
    where kind = 'cta'
    group by company_id, webinar_id
),

untold as (
    select clicks.*
    from clicks
    left join told
        on
            clicks.company_id = told.company_id
            and clicks.webinar_id = told.webinar_id
    where told.webinar_id is null
),

unioned as (
    select * from opinions
    union all
    select * from untold
)

select * from unioned
