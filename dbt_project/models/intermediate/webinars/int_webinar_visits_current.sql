with visits as (
    select
        *,
        coalesce(registrant_id, email_hash, session_id, 'line/' || line_number)
            as told_as
    from {{ ref('stg_files__attendances') }}
    -- Who is on the stage attends nothing.
    where attendee_role = 'attendee'
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
        visits.*,
        row_number() over (
            partition by
                visits.company_id,
                visits.webinar_id,
                visits.told_as,
                visits.session_id,
                visits.joined_at,
                visits.is_on_demand
            order by
                files.exported_at desc,
                files.file_name desc,
                visits.line_number desc
        ) as recency_rank
    from visits
    inner join files
        on
            visits.company_id = files.company_id
            and visits.file_sha256 = files.file_sha256
),

identified as (
    select
        ranked.company_id,
        ranked.webinar_id,
        coalesce(
            registrants.person_id,
            ranked.email_hash,
            'registrant/' || ranked.registrant_id,
            'visitor/' || ranked.told_as
        ) as person_id,
        coalesce(ranked.session_id, ranked.told_as) as device_id,
        ranked.is_on_demand,
        ranked.joined_at,
        -- Who comes in again on the same device had left before.
        coalesce(
            ranked.left_at,
            lead(ranked.joined_at) over (
                partition by
                    ranked.company_id,
                    ranked.webinar_id,
                    ranked.told_as,
                    ranked.session_id,
                    ranked.is_on_demand
                order by ranked.joined_at
            )
        ) as left_at,
        ranked.left_at is null as is_end_missing
    from ranked
    left join registrants
        on
            ranked.company_id = registrants.company_id
            and ranked.webinar_id = registrants.webinar_id
            and ranked.registrant_id = registrants.registrant_id
    where ranked.recency_rank = 1
)

select * from identified
