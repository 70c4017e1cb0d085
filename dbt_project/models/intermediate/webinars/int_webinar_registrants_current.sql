with registrants as (
    select
        *,
        coalesce(registrant_id, email_hash, 'line/' || line_number)
            as told_as
    from {{ ref('stg_files__registrants') }}
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
        registrants.*,
        row_number() over (
            partition by
                registrants.company_id,
                registrants.webinar_id,
                registrants.told_as
            order by
                files.exported_at desc,
                files.file_name desc,
                registrants.line_number desc
        ) as recency_rank
    from registrants
    inner join files
        on
            registrants.company_id = files.company_id
            and registrants.file_sha256 = files.file_sha256
),

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
        company_size
    from ranked
    where recency_rank = 1
)

select * from identified
