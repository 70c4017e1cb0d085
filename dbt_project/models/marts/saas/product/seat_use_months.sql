with months as (
    select
        *,
        (month_start_date + interval '1 month')::date as next_month
    from {{ ref('account_seat_months') }}
    where {{ is_in_scope() }}
),

known as (
    select * from {{ ref('product_use_spans') }}
    where {{ is_in_scope() }}
),

last_days as (
    select
        company_id,
        max(scored_on) as as_of_date
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }}
    group by company_id
),

-- Months that are over, of which all 28 days are known.
summed as (
    select
        months.company_id,
        months.month_start_date,
        count(*)::integer as account_count,
        sum(months.seat_count)::numeric(18, 2) as seat_count,
        sum(months.active_user_count_28d)::integer as active_user_count_28d,
        sum(months.active_seat_count_28d)::numeric(18, 2)
            as active_seat_count_28d,
        sum(months.working_user_day_count)::integer as working_user_day_count,
        sum(months.working_seat_day_count)::numeric(18, 2)
            as working_seat_day_count
    from months
    inner join known
        on
            months.company_id = known.company_id
            and months.next_month - 28 >= known.first_date
    inner join last_days
        on
            months.company_id = last_days.company_id
            and months.next_month <= last_days.as_of_date + 1
    group by months.company_id, months.month_start_date
)

select * from summed
