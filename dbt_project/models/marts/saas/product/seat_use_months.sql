with user_days as (
    select * from {{ ref('account_user_days') }}
    where {{ is_in_scope() }}
),

known as (
    select
        company_id,
        min(activity_date) as first_day
    from user_days
    group by company_id
),

weeks as (
    select
        *,
        date_trunc('month', scored_on)::date as month_start_date,
        (date_trunc('month', scored_on) + interval '1 month')::date
            as next_month,
        max(scored_on) over (partition by company_id) as as_of_date
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }}
),

-- The last Sunday of months that are over, of which all 28 days are known.
licensed as (
    select weeks.*
    from weeks
    inner join known
        on
            weeks.company_id = known.company_id
            and weeks.next_month - 28 >= known.first_day
    where
        weeks.seat_count > 0
        and extract(dow from weeks.scored_on) = 0
        and weeks.scored_on + 7 >= weeks.next_month
        and weeks.next_month <= weeks.as_of_date + 1
),

used as (
    select
        licensed.company_id,
        licensed.account_id,
        licensed.month_start_date,
        licensed.seat_count,
        user_days.user_id,
        extract(isodow from user_days.activity_date) < 6 as is_working_day,
        count(*) over (
            partition by
                licensed.company_id,
                licensed.account_id,
                user_days.activity_date
        ) as day_user_count
    from licensed
    inner join user_days
        on
            licensed.company_id = user_days.company_id
            and licensed.account_id = user_days.account_id
            and licensed.next_month - 28 <= user_days.activity_date
            and licensed.next_month > user_days.activity_date
),

-- More people than seats fill all seats, and share those of a day.
by_account as (
    select
        company_id,
        account_id,
        month_start_date,
        count(distinct user_id) as user_count,
        least(count(distinct user_id), max(seat_count)) as used_seat_count,
        count(*) filter (where is_working_day) as user_day_count,
        sum(least(1, seat_count / day_user_count) * is_working_day::integer)
            as seat_day_count
    from used
    group by company_id, account_id, month_start_date
),

summed as (
    select
        licensed.company_id,
        licensed.month_start_date,
        count(*)::integer as account_count,
        sum(licensed.seat_count)::numeric(18, 2) as seat_count,
        coalesce(sum(by_account.user_count), 0)::int as active_user_count_28d,
        coalesce(sum(by_account.used_seat_count), 0)::numeric(18, 2)
            as active_seat_count_28d,
        coalesce(sum(by_account.user_day_count), 0)::integer
            as working_user_day_count,
        coalesce(sum(by_account.seat_day_count), 0)::numeric(18, 2)
            as working_seat_day_count
    from licensed
    left join by_account
        on
            licensed.company_id = by_account.company_id
            and licensed.account_id = by_account.account_id
            and licensed.month_start_date = by_account.month_start_date
    group by licensed.company_id, licensed.month_start_date
)

select * from summed
