with hours as (
    select * from {{ ref('order_hour_days') }}
),

days as (
    select
        company_id,
        calendar_date
    from hours
    group by company_id, calendar_date
),

-- An hour without orders is a nought on the line, not a gap.
filled as (
    select
        days.company_id,
        days.calendar_date,
        clock.hour_of_day,
        coalesce(hours.order_count, 0) as order_count,
        coalesce(hours.cancelled_order_count, 0) as cancelled_order_count
    from days
    cross join generate_series(0, 23) as clock (hour_of_day)
    left join hours
        on
            days.company_id = hours.company_id
            and days.calendar_date = hours.calendar_date
            and clock.hour_of_day = hours.hour_of_day
    union all
    select
        company_id,
        calendar_date,
        null::integer as hour_of_day,
        order_count,
        cancelled_order_count
    from hours
    where hour_of_day = -1
)

select * from filled
