with listed as (
    select
        *,
        -- Who is not in the list any more has been let go.
        read_at = max(read_at) over (
            partition by company_id, webinar_number
        ) as is_listed
    from {{ ref('stg_zoom__registrants') }}
),

events as (
    select
        *,
        case webinar_event
            when 'registration_created'
                then coalesce(registrant_status, 'approved')
            else substr(webinar_event, length('registration_') + 1)
        end as status
    from {{ ref('stg_webhooks__zoom_events') }}
    where
        webinar_event in (
            'registration_created', 'registration_approved',
            'registration_cancelled', 'registration_denied'
        )
        and registrant_id is not null
),

delivered as (
    select
        company_id,
        webinar_number,
        registrant_id,
        min(email_hash) as email_hash,
        min(industry) as industry,
        min(company_size) as company_size,
        min(job_level) as job_level,
        min(occurred_at) as registered_at,
        max(occurred_at) as changed_at,
        max(occurred_at) filter (where status = 'cancelled') as cancelled_at,
        (array_agg(status order by occurred_at desc, event_key asc))[1]
            as status
    from events
    group by company_id, webinar_number, registrant_id
),

joined as (
    select
        coalesce(listed.company_id, delivered.company_id) as company_id,
        coalesce(listed.webinar_number, delivered.webinar_number)
            as webinar_number,
        coalesce(listed.registrant_id, delivered.registrant_id)
            as registrant_id,
        coalesce(listed.email_hash, delivered.email_hash) as email_hash,
        coalesce(listed.industry, delivered.industry) as industry,
        coalesce(listed.company_size, delivered.company_size) as company_size,
        coalesce(listed.job_level, delivered.job_level) as job_level,
        least(listed.registered_at, delivered.registered_at) as registered_at,
        case
            when listed.registrant_id is null then delivered.status
            when delivered.changed_at > listed.read_at then delivered.status
            when listed.is_listed then 'approved'
            when delivered.status = 'denied' then 'denied'
            else 'cancelled'
        end as status,
        delivered.cancelled_at
    from listed
    full outer join delivered
        on
            listed.company_id = delivered.company_id
            and listed.webinar_number = delivered.webinar_number
            and listed.registrant_id = delivered.registrant_id
),

registered as (
    select
        company_id,
        webinar_number,
        registrant_id,
        email_hash,
        industry,
        company_size,
        job_level,
        registered_at,
        status,
        case when status = 'cancelled' then cancelled_at end as cancelled_at
    from joined
)

select * from registered
