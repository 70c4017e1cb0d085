with weeks as (
    select
        *,
        (month_start_date + interval '1 month')::date as next_month
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('month_start_date') }}
),

user_days as (
    select * from {{ ref('account_user_days') }}
    where {{ is_in_scope() }} and {{ is_changed('activity_month') }}
),

-- The last Sunday of a month.
licensed as (
    select *
    from weeks
    where
        seat_count > 0
        and extract(dow from scored_on) = 0
        and scored_on + 7 >= next_month
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
    left join user_days
        on
            licensed.company_id = user_days.company_id
            and licensed.account_id = user_days.account_id
            and licensed.month_start_date = user_days.activity_month
            and licensed.next_month - 28 <= user_days.activity_date
),

-- More people than seats fill all seats, and share those of a day.
counted as (
    select
        company_id,
        account_id,
        month_start_date,
        seat_count,
        count(distinct user_id)::integer as active_user_count_28d,
        least(count(distinct user_id), seat_count)::numeric(18, 2)
            as active_seat_count_28d,
        count(*) filter (where is_working_day)::integer
            as working_user_day_count,
        coalesce(
            sum(least(1, seat_count / day_user_count))
            filter (where is_working_day),
            0
        ) as working_seat_day_count
    from used
    group by company_id, account_id, month_start_date, seat_count
)

select * from counted
