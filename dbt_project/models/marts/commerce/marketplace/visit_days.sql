with sales as (
    select * from {{ ref('sales_days') }}
    where {{ is_in_scope() }}
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

-- Who never sold anything has no conversion, and not one of 0.
joined as (
    select
        days.company_id,
        days.visit_date,
        days.session_count::integer as session_count,
        coalesce(sales.order_count, 0)::integer as order_count
    from days
    left join sales
        on
            days.company_id = sales.company_id
            and days.visit_date = sales.calendar_date
    where exists (
        select 1 from sales as any_sale
        where any_sale.company_id = days.company_id
    )
)

select * from joined
