with visits as (
    select * from {{ ref('stg_files__attendances') }}
),

webinars as (
    select * from {{ ref('int_zoom_webinars') }}
),

-- The team counts too: a room that it alone was in is told, and was empty.
reported as (
    select
        company_id,
        webinar_number,
        instance_id
    from {{ ref('stg_zoom__participants') }}
    union all
    select
        company_id,
        webinar_number,
        instance_id
    from {{ ref('stg_zoom__absentees') }}
    union all
    select
        company_id,
        webinar_number,
        instance_id
    from {{ ref('stg_webhooks__zoom_events') }}
    where
        webinar_event = 'participant_joined'
        and instance_id is not null
),

told as (
    select
        company_id,
        webinar_id
    from visits
    where not is_on_demand and {{ not_of_zoom('visits') }}
    union all
    select
        webinars.company_id,
        {{ zoom_webinar_id('webinars', 'reported.instance_id') }} as webinar_id
    from reported
    inner join webinars
        on
            reported.company_id = webinars.company_id
            and reported.webinar_number = webinars.webinar_number
)

select distinct
    company_id,
    webinar_id
from told
