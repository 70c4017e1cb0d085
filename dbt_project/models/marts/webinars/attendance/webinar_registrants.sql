with registrants as (
    select
        company_id,
        webinar_id,
        told_as,
        person_id,
        registrant_id,
        status,
        registered_at,
        cancelled_at,
        channel_name,
        industry,
        company_size,
        job_level
    from {{ ref('int_webinar_registrants_current') }}
    where {{ is_in_scope() }} and {{ is_changed('webinar_id') }}
)

select * from registrants
