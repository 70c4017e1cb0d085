with sales as (
    select * from {{ ref('sales_days') }}
    where {{ is_in_scope() }}
),

-- Who never sold anything has no conversion, and not one of 0.
months as (
    select * from {{ ref('company_months') }} as months
    where
        {{ is_in_scope('months.company_id') }}
        and exists (
            select 1 from sales
            where sales.company_id = months.company_id
        )
),

analytics as (
    select
        company_id,
        visit_date,
        session_count
    from {{ ref('web_days') }}
    where {{ is_in_scope() }}
),

exported as (
    select
        company_id,
        visit_date,
        session_count
    from {{ ref('int_web_sessions_exported') }}
    where {{ is_in_scope() }}
),

logged as (
    select * from {{ ref('sessions') }}
    where {{ is_in_scope() }}
),

-- Of a day that Google Analytics tells of itself, no file counts.
website as (
    select * from analytics
    union all
    select * from exported
    where not exists (
        select 1 from analytics
        where
            analytics.company_id = exported.company_id
            and analytics.visit_date = exported.visit_date
    )
),

-- Where a website tells any, the log of a marketplace is of the same visits.
told as (
    select * from website
    union all
    select
        company_id,
        started_date as visit_date,
        1 as session_count
    from logged
    where not exists (
        select 1 from website
        where website.company_id = logged.company_id
    )
),

days as (
    select
        company_id,
        visit_date,
        sum(session_count) as session_count
    from told
    group by company_id, visit_date
),

counted as (
    select
        months.company_id,
        months.month_start_date,
        sum(days.session_count)::integer as session_count,
        coalesce(sum(sales.order_count), 0)::integer as order_count,
        (months.through_date - months.month_start_date + 1 - count(*))::integer
            as untold_day_count,
        coalesce(sum(sales.order_count), 0)::double precision
        / nullif(sum(days.session_count), 0) as visit_conversion_rate
    from months
    inner join days
        on
            months.company_id = days.company_id
            and days.visit_date
            between months.month_start_date and months.through_date
    left join sales
        on
            days.company_id = sales.company_id
            and days.visit_date = sales.calendar_date
    group by months.company_id, months.month_start_date, months.through_date
)

select * from counted
