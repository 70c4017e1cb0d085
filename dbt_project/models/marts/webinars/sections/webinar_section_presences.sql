with sections as (
    select * from {{ ref('webinar_sections') }}
    where {{ is_in_scope() }}
),

attendances as (
    select
        company_id,
        webinar_id,
        person_id
    from {{ ref('webinar_attendances') }}
    where {{ is_in_scope() }} and is_live_attendee
),

visits as (
    select
        company_id,
        webinar_id,
        person_id,
        joined_at,
        -- Who is not told to have left stayed until the end.
        coalesce(left_at, 'infinity') as left_at
    from {{ ref('webinar_visits') }}
    where {{ is_in_scope() }} and not is_on_demand
),

-- Present is who is there for some of the first minute, or of the last.
people as (
    select
        sections.company_id,
        sections.webinar_id,
        sections.section_number,
        visits.person_id,
        bool_or(
            visits.joined_at < sections.starts_at + interval '1 minute'
            and visits.left_at > sections.starts_at
        ) as is_at_start,
        bool_or(
            visits.joined_at < sections.ends_at
            and visits.left_at > sections.ends_at - interval '1 minute'
        ) as is_at_end
    from sections
    inner join visits
        on
            sections.company_id = visits.company_id
            and sections.webinar_id = visits.webinar_id
    inner join attendances
        on
            visits.company_id = attendances.company_id
            and visits.webinar_id = attendances.webinar_id
            and visits.person_id = attendances.person_id
    group by
        sections.company_id,
        sections.webinar_id,
        sections.section_number,
        visits.person_id
),

counted as (
    select
        company_id,
        webinar_id,
        section_number,
        count(*) filter (where is_at_start)::integer as present_count,
        count(*) filter (where is_at_start and is_at_end)::integer
            as stayed_count,
        count(*) filter (where is_at_end)::integer as end_count
    from people
    group by company_id, webinar_id, section_number
),

compared as (
    select
        *,
        max(greatest(present_count, end_count)) over (
            partition by company_id, webinar_id
        ) as peak_count
    from counted
),

rated as (
    select
        *,
        stayed_count / nullif(present_count, 0)::double precision
            as retention_ratio,
        {{ wilson_bound('stayed_count', 'present_count', -1) }}
            as retention_ratio_lower,
        {{ wilson_bound('stayed_count', 'present_count', 1) }}
            as retention_ratio_upper
    from compared
)

select * from rated
