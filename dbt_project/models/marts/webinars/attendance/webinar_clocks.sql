with moments as (
    select
        company_id,
        max(greatest(joined_at, left_at)) as told_at
    from {{ ref('webinar_visits') }}
    where {{ is_in_scope() }}
    group by company_id
    union all
    select
        company_id,
        max(registered_at) as told_at
    from {{ ref('webinar_registrants') }}
    where {{ is_in_scope() }}
    group by company_id
    union all
    select
        company_id,
        max(occurred_at) as told_at
    from {{ ref('stg_webhooks__zoom_events') }}
    where {{ is_in_scope() }}
    group by company_id
),

latest as (
    select
        company_id,
        max(told_at) as told_at
    from moments
    group by company_id
)

select * from latest
where told_at is not null
