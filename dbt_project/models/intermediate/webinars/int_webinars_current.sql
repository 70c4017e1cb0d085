with webinars as (
    select * from {{ ref('stg_files__webinars') }}
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
        webinars.*,
        row_number() over (
            partition by webinars.company_id, webinars.webinar_id
            order by
                files.exported_at desc,
                files.file_name desc,
                webinars.line_number desc
        ) as recency_rank
    from webinars
    inner join files
        on
            webinars.company_id = files.company_id
            and webinars.file_sha256 = files.file_sha256
),

dated as (
    select
        company_id,
        webinar_id,
        coalesce(title, webinar_id) as title,
        series,
        starts_at,
        -- An end before the start says nothing.
        case
            when ends_at > starts_at then ends_at
            when length_minutes > 0
                then starts_at + length_minutes * interval '1 minute'
        end as ends_at,
        poll_count,
        has_chat,
        has_questions,
        has_offer,
        has_survey
    from ranked
    where recency_rank = 1
)

select * from dated
