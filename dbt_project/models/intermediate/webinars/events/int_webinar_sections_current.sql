with sections as (
    select * from {{ ref('stg_files__webinar_sections') }}
    where webinar_id is not null and start_minute is not null
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

ranked as (
    select
        sections.*,
        -- All rows of the file exported last: a section that moved is not two.
        dense_rank() over (
            partition by sections.company_id, sections.webinar_id
            order by files.exported_at desc, files.file_name desc
        ) as recency_rank,
        row_number() over (
            partition by
                sections.company_id,
                sections.webinar_id,
                sections.file_sha256,
                sections.start_minute
            order by sections.line_number desc
        ) as line_rank
    from sections
    inner join files
        on
            sections.company_id = files.company_id
            and sections.file_sha256 = files.file_sha256
),

placed as (
    select
        company_id,
        webinar_id,
        row_number() over (
            partition by company_id, webinar_id
            order by start_minute
        )::integer as section_number,
        coalesce(section_title, 'section/' || start_minute) as section_title,
        start_minute,
        coalesce(
            end_minute,
            lead(start_minute) over (
                partition by company_id, webinar_id
                order by start_minute
            )
        ) as end_minute
    from ranked
    where recency_rank = 1 and line_rank = 1
)

select * from placed
