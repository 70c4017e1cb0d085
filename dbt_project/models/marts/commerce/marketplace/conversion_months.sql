with months as (
    select * from {{ ref('company_months') }}
    where {{ is_in_scope() }}
),

days as (
    select * from {{ ref('visit_days') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        months.company_id,
        months.month_start_date,
        sum(days.session_count)::integer as session_count,
        sum(days.order_count)::integer as order_count,
        (months.through_date - months.month_start_date + 1 - count(*))::integer
            as untold_day_count,
        sum(days.order_count)::double precision
        / nullif(sum(days.session_count), 0) as visit_conversion_rate
    from months
    inner join days
        on
            months.company_id = days.company_id
            and days.visit_date
            between months.month_start_date and months.through_date
    group by months.company_id, months.month_start_date, months.through_date
)

select * from counted
