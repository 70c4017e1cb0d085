with webinars as (
    select * from {{ ref('webinars') }}
    where {{ is_in_scope() }} and is_held and ends_at is not null
),

sections as (
    select
        told.company_id,
        told.webinar_id,
        told.section_number,
        told.section_title,
        webinars.starts_at + told.start_minute * interval '1 minute'
            as starts_at,
        least(
            webinars.starts_at + told.end_minute * interval '1 minute',
            webinars.ends_at
        ) as ends_at
    from {{ ref('int_webinar_sections_current') }} as told
    inner join webinars
        on
            told.company_id = webinars.company_id
            and told.webinar_id = webinars.webinar_id
    where {{ is_in_scope('told.company_id') }}
),

interactions as (
    select
        company_id,
        webinar_id,
        kind,
        occurred_at
    from {{ ref('webinar_interactions') }}
    where {{ is_in_scope() }} and occurred_at is not null
),

dated as (
    select distinct
        company_id,
        webinar_id
    from interactions
),

counted as (
    select
        sections.company_id,
        sections.webinar_id,
        sections.section_number,
        sections.section_title,
        sections.starts_at,
        sections.ends_at,
        (extract(epoch from sections.ends_at - sections.starts_at) / 60)
        ::numeric(10, 2) as section_minutes,
        -- Where no moment is told nobody knows in which section it was.
        case
            when bool_or(dated.webinar_id is not null)
                then count(interactions.kind)
        end::integer as interaction_count
    from sections
    left join dated
        on
            sections.company_id = dated.company_id
            and sections.webinar_id = dated.webinar_id
    left join interactions
        on
            sections.company_id = interactions.company_id
            and sections.webinar_id = interactions.webinar_id
            and sections.starts_at <= interactions.occurred_at
            and sections.ends_at > interactions.occurred_at
            and interactions.kind in ('chat', 'question', 'poll', 'cta')
    where sections.ends_at > sections.starts_at
    group by
        sections.company_id,
        sections.webinar_id,
        sections.section_number,
        sections.section_title,
        sections.starts_at,
        sections.ends_at
)

select * from counted
