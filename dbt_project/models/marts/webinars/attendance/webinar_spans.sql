with spans as (
    select
        webinars.company_id,
        webinars.webinar_id,
        webinars.starts_at,
        least(webinars.ends_at, clocks.told_at) as until_at
    from {{ ref('webinar_records') }} as webinars
    inner join {{ ref('webinar_clocks') }} as clocks
        on webinars.company_id = clocks.company_id
    where
        {{ is_in_scope('webinars.company_id') }}
        and {{ is_in_scope('clocks.company_id') }}
        and webinars.starts_at < clocks.told_at
        -- Who was there is not told: an empty room is something else.
        and webinars.is_attendance_told
)

select * from spans
