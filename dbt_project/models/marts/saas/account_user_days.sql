with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

events as (
    select * from {{ ref('int_product_events_identified') }}
    where {{ is_in_scope() }} and left_out_reason is null
),

known as (
    select events.*
    from events
    inner join companies
        on
            events.company_id = companies.company_id
            and events.activity_date <= companies.as_of_date
),

-- A session is of the day it began; its time is what its events tell, else from
-- the first of them to the last. How long one event took nobody knows.
sessions as (
    select
        company_id,
        account_id,
        user_id,
        min(activity_date) as activity_date,
        coalesce(
            sum(duration_seconds),
            case
                when count(*) > 1
                    then extract(epoch from max(occurred_at) - min(occurred_at))
            end
        ) as session_seconds
    from known
    group by company_id, account_id, user_id, session_id
),

session_days as (
    select
        company_id,
        account_id,
        user_id,
        activity_date,
        count(*)::integer as session_count,
        count(session_seconds)::integer as timed_session_count,
        sum(session_seconds)::numeric(18, 2) as session_seconds
    from sessions
    group by company_id, account_id, user_id, activity_date
),

event_days as (
    select
        company_id,
        account_id,
        user_id,
        activity_date,
        count(*)::integer as event_count,
        count(*) filter (where is_login)::integer as login_count
    from known
    group by company_id, account_id, user_id, activity_date
),

joined as (
    select
        event_days.company_id,
        event_days.account_id,
        event_days.user_id,
        event_days.activity_date,
        event_days.event_count,
        event_days.login_count,
        coalesce(session_days.session_count, 0) as session_count,
        coalesce(session_days.timed_session_count, 0) as timed_session_count,
        coalesce(session_days.session_seconds, 0)::numeric(18, 2)
            as session_seconds
    from event_days
    left join session_days
        on
            event_days.company_id = session_days.company_id
            and event_days.account_id = session_days.account_id
            and event_days.user_id = session_days.user_id
            and event_days.activity_date = session_days.activity_date
)

select * from joined
