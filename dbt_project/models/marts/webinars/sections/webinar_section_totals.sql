with sections as (
    select * from {{ ref('webinar_sections') }}
    where {{ is_in_scope() }}
),

presences as (
    select * from {{ ref('webinar_section_presences') }}
    where {{ is_in_scope() }}
),

summed as (
    select
        sections.company_id,
        sections.section_title,
        avg(sections.section_number)::numeric(6, 2) as section_place,
        count(*)::integer as webinar_count,
        sum(presences.present_count)::integer as present_count,
        sum(presences.stayed_count)::integer as stayed_count,
        sum(presences.end_count)::integer as end_count,
        sum(presences.peak_count)::integer as peak_count,
        sum(sections.interaction_count)::integer as interaction_count,
        sum(sections.section_minutes) filter (
            where sections.interaction_count is not null
        )::numeric(12, 2) as interaction_minutes
    from sections
    inner join presences
        on
            sections.company_id = presences.company_id
            and sections.webinar_id = presences.webinar_id
            and sections.section_number = presences.section_number
    group by sections.company_id, sections.section_title
),

rated as (
    select
        company_id,
        section_title,
        section_place,
        webinar_count,
        present_count,
        stayed_count,
        stayed_count / nullif(present_count, 0)::double precision
            as retention_ratio,
        {{ wilson_bound('stayed_count', 'present_count', -1) }}
            as retention_ratio_lower,
        {{ wilson_bound('stayed_count', 'present_count', 1) }}
            as retention_ratio_upper,
        end_count,
        peak_count,
        end_count / nullif(peak_count, 0)::double precision as peak_ratio,
        interaction_count,
        (interaction_count / nullif(interaction_minutes, 0))::numeric(10, 2)
            as interactions_per_minute
    from summed
)

select * from rated
