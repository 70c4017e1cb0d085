with registrations as (
    select * from {{ ref('int_zoom_registrations') }}
),

webinars as (
    select * from {{ ref('int_zoom_webinars') }}
),

-- Of a series the list does not say for which date: who came, and who did not.
of_dates as (
    select
        company_id,
        webinar_number,
        instance_id,
        registrant_id
    from {{ ref('int_zoom_visits') }}
    where registrant_id is not null
    union all
    select
        company_id,
        webinar_number,
        instance_id,
        registrant_id
    from {{ ref('stg_zoom__absentees') }}
),

dates as (
    select distinct
        company_id,
        webinar_number,
        instance_id,
        registrant_id
    from of_dates
),

placed as (
    select
        registrations.*,
        registrations.webinar_number as webinar_id
    from registrations
    inner join webinars
        on
            registrations.company_id = webinars.company_id
            and registrations.webinar_number = webinars.webinar_number
    where not webinars.is_series
    union all
    select
        registrations.*,
        {{ zoom_webinar_id('webinars', 'dates.instance_id') }} as webinar_id
    from registrations
    inner join webinars
        on
            registrations.company_id = webinars.company_id
            and registrations.webinar_number = webinars.webinar_number
    inner join dates
        on
            registrations.company_id = dates.company_id
            and registrations.webinar_number = dates.webinar_number
            and registrations.registrant_id = dates.registrant_id
    where webinars.is_series
),

told as (
    select
        company_id,
        webinar_id,
        registrant_id as told_as,
        coalesce(email_hash, 'registrant/' || registrant_id) as person_id,
        registrant_id,
        status,
        registered_at,
        cancelled_at,
        industry,
        company_size,
        job_level
    from placed
)

select * from told
