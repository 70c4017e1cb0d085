with months as (
    select
        *,
        count(last_account_id) over (
            partition by company_id, user_id order by first_at
        ) as account_number,
        coalesce(
            first_at - lag(last_at) over (
                partition by company_id, user_id order by first_at
            ) <= interval '30 minutes',
            false
        ) as is_going_on
    from {{ ref('product_user_months') }}
    where {{ is_in_scope() }} and {{ is_changed('user_id') }}
),

-- What holds at the end of each month; of a session that goes on and never ends
-- in the month, when it began.
closed as (
    select
        *,
        max(last_account_id) over (
            partition by company_id, user_id, account_number
        ) as closing_account_id,
        max(
            case
                when not (is_going_on and last_session_at = first_at)
                    then last_session_at
            end
        ) over (
            partition by company_id, user_id order by first_at
        ) as closing_session_at
    from months
),

opened as (
    select
        company_id,
        user_month,
        user_id,
        lag(closing_account_id) over (
            partition by company_id, user_id order by first_at
        ) as opening_account_id,
        case
            when is_going_on
                then
                    lag(closing_session_at) over (
                        partition by company_id, user_id order by first_at
                    )
        end as opening_session_at
    from closed
)

select * from opened
