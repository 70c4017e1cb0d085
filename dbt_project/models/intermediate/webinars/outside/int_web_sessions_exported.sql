with exported as (
    select * from {{ ref('stg_files__web_sessions') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

ranked as (
    select
        exported.*,
        -- All rows of the file exported last: a day is told whole.
        dense_rank() over (
            partition by
                exported.company_id, exported.site, exported.visit_date
            order by files.exported_at desc, files.file_name desc
        ) as recency_rank
    from exported
    inner join files
        on
            exported.company_id = files.company_id
            and exported.file_sha256 = files.file_sha256
),

newest as (
    select
        company_id,
        file_sha256,
        line_number,
        site,
        session_source,
        session_medium,
        session_campaign,
        session_count,
        engaged_session_count,
        bounced_session_count,
        new_user_count,
        page_view_count,
        engaged_seconds,
        visit_date,
        loaded_at
    from ranked
    where recency_rank = 1
)

select * from newest
