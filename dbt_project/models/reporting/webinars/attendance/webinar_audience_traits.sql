with audiences as (
    select * from {{ ref('webinar_audiences') }}
    where registrant_count > 0
),

webinars as (
    select
        company_id,
        webinar_id,
        title,
        starts_at,
        is_attendance_told
    from {{ ref('webinars') }}
),

joined as (
    select
        audiences.company_id,
        audiences.webinar_id,
        audiences.trait,
        audiences.trait_value,
        webinars.title,
        webinars.starts_at,
        audiences.registrant_count as trait_registrant_count,
        case
            when webinars.is_attendance_told then audiences.attendee_count
        end as trait_attendee_count
    from audiences
    inner join webinars
        on
            audiences.company_id = webinars.company_id
            and audiences.webinar_id = webinars.webinar_id
)

select * from joined
