with events as (
    select
        company_id,
        user_id,
        user_month,
        message_id,
        account_id,
        occurred_at,
        coalesce(
            occurred_at - lag(occurred_at) over (
                partition by company_id, user_month
                order by occurred_at, message_id
            ) <= interval '30 minutes',
            false
        ) as is_going_on
    from {{ ref('product_events') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('user_month') }}
        and flaw is null
),

summed as (
    select
        company_id,
        user_month,
        user_id,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        max(occurred_at) filter (where not is_going_on) as last_session_at,
        (
            array_agg(
                account_id order by occurred_at desc, message_id desc
            ) filter (where account_id is not null)
        )[1] as last_account_id
    from events
    group by company_id, user_month, user_id
)

select * from summed
