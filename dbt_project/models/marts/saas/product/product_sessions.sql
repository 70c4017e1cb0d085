with events as (
    select * from {{ ref('product_event_accounts') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('session_id') }}
        and left_out_reason is null
),

-- A session is of the day it began; its time is what its events tell, else from
-- the first of them to the last. How long one event took nobody knows.
sessions as (
    select
        company_id,
        account_id,
        user_id,
        session_id,
        min(activity_date) as activity_date,
        coalesce(
            sum(duration_seconds),
            case
                when count(*) > 1
                    then extract(epoch from max(occurred_at) - min(occurred_at))
            end
        ) as session_seconds
    from events
    group by company_id, account_id, user_id, session_id
)

select * from sessions
