with companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

channels as (
    select * from {{ ref('channels') }}
),

links as (
    select * from {{ ref('int_webinar_campaigns_current') }}
    where {{ is_in_scope() }} and webinar_id is not null
),

sessions as (
    select * from {{ ref('int_web_sessions_told') }}
    where {{ is_in_scope() }}
),

-- The day before that of the latest moment: sessions are told by whole days.
to_come as (
    select
        paces.company_id,
        paces.webinar_id,
        (paces.told_at at time zone companies.time_zone)::date - 1
            as visit_date
    from {{ ref('webinar_paces') }} as paces
    inner join companies
        on paces.company_id = companies.company_id
    where {{ is_in_scope('paces.company_id') }}
),

-- Of who tells no session of that day or later nobody knows what came.
telling as (
    select
        company_id,
        max(visit_date) as last_visit_date
    from sessions
    group by company_id
),

visited as (
    select
        to_come.company_id,
        to_come.webinar_id,
        sum(sessions.session_count) filter (where channels.is_paid)
            as paid_visit_count,
        sum(sessions.session_count) filter (where not channels.is_paid)
            as other_visit_count
    from to_come
    inner join links
        on
            to_come.company_id = links.company_id
            and to_come.webinar_id = links.webinar_id
    inner join sessions
        on
            links.company_id = sessions.company_id
            and links.campaign_alias = sessions.campaign_alias
            and to_come.visit_date = sessions.visit_date
    inner join channels
        on sessions.channel_id = channels.channel_id
    group by to_come.company_id, to_come.webinar_id
),

joined as (
    select
        to_come.company_id,
        to_come.webinar_id,
        to_come.visit_date,
        case
            when telling.last_visit_date >= to_come.visit_date
                then coalesce(visited.paid_visit_count, 0)
        end::bigint as paid_visit_count,
        case
            when telling.last_visit_date >= to_come.visit_date
                then coalesce(visited.other_visit_count, 0)
        end::bigint as other_visit_count
    from to_come
    left join telling
        on to_come.company_id = telling.company_id
    left join visited
        on
            to_come.company_id = visited.company_id
            and to_come.webinar_id = visited.webinar_id
)

select * from joined
