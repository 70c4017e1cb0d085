with sections as (
    select * from {{ ref('webinar_sections') }}
),

presences as (
    select * from {{ ref('webinar_section_presences') }}
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        starts_at,
        start_date
    from {{ ref('webinars') }}
),

joined as (
    select
        sections.company_id,
        sections.webinar_id,
        sections.section_number,
        sections.section_title,
        webinars.title,
        webinars.starts_at,
        webinars.start_date,
        presences.present_count as section_present_count,
        presences.retention_ratio as section_retention_ratio,
        presences.retention_ratio_lower,
        presences.retention_ratio_upper,
        presences.end_count
        / nullif(presences.peak_count, 0)::double precision
            as section_peak_ratio,
        (
            sections.interaction_count / nullif(sections.section_minutes, 0)
        )::numeric(10, 2) as section_interactions_per_minute
    from sections
    inner join presences
        on
            sections.company_id = presences.company_id
            and sections.webinar_id = presences.webinar_id
            and sections.section_number = presences.section_number
    inner join webinars
        on
            sections.company_id = webinars.company_id
            and sections.webinar_id = webinars.webinar_id
)

select * from joined
