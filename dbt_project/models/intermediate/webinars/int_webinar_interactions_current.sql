with interactions as (
    select
        *,
        -- Without an id or a moment, rows are told apart by their line.
        coalesce(
            interaction_id,
            occurred_at::text,
            poll_id,
            'line/' || line_number
        ) as told_as
    from {{ ref('stg_files__webinar_interactions') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

registrants as (
    select
        company_id,
        webinar_id,
        registrant_id,
        person_id
    from {{ ref('int_webinar_registrants_current') }}
    where registrant_id is not null
),

ranked as (
    select
        interactions.*,
        row_number() over (
            partition by
                interactions.company_id,
                interactions.webinar_id,
                interactions.kind,
                interactions.told_as,
                interactions.poll_id,
                interactions.registrant_id,
                interactions.email_hash
            order by
                files.exported_at desc,
                files.file_name desc,
                interactions.line_number desc
        ) as recency_rank
    from interactions
    inner join files
        on
            interactions.company_id = files.company_id
            and interactions.file_sha256 = files.file_sha256
),

identified as (
    select
        ranked.company_id,
        ranked.webinar_id,
        ranked.kind,
        coalesce(
            registrants.person_id,
            ranked.email_hash,
            'registrant/' || ranked.registrant_id
        ) as person_id,
        ranked.poll_id,
        ranked.rating,
        ranked.occurred_at
    from ranked
    left join registrants
        on
            ranked.company_id = registrants.company_id
            and ranked.webinar_id = registrants.webinar_id
            and ranked.registrant_id = registrants.registrant_id
    where ranked.recency_rank = 1
)

select * from identified
