with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

days as (
    select * from {{ ref('performance_days') }}
    where {{ is_in_scope() }}
),

begun as (
    select
        company_id,
        min(calendar_date) filter (
            where coalesce(order_count, purchase_count) is not null
        ) as sales_since_date,
        min(calendar_date) filter (where spend is not null) as spend_since_date
    from days
    group by company_id
),

-- Every one since the first, so that one in which nothing was sold is there.
periods as (
    select
        companies.company_id,
        kinds.period_kind,
        calendar.start_at::date as period_start_date,
        (calendar.start_at + kinds.span)::date - 1 as period_end_date,
        begun.sales_since_date,
        greatest(begun.sales_since_date, begun.spend_since_date)
            as spend_since_date
    from companies
    inner join begun
        on companies.company_id = begun.company_id
    cross join
        lateral (
            values ('week', interval '1 week'), ('quarter', interval '3 months')
        ) as kinds (period_kind, span)
    cross join
        lateral generate_series(
            date_trunc(kinds.period_kind, begun.sales_since_date::timestamp),
            companies.as_of_date::timestamp,
            kinds.span
        ) as calendar (start_at)
    where (calendar.start_at + kinds.span)::date - 1 <= companies.as_of_date
),

summed as (
    select
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        periods.sales_since_date,
        periods.spend_since_date,
        coalesce(sum(days.net_sales), 0) as net_sales,
        coalesce(sum(days.order_count), 0) as order_count,
        coalesce(sum(days.net_revenue), 0)::numeric(18, 2) as net_revenue,
        coalesce(sum(days.purchase_count), 0) as purchase_count,
        coalesce(sum(days.new_customer_revenue), 0) as new_customer_revenue,
        nullif(sum(days.spend)::numeric(18, 2), 0) as spend
    from periods
    left join days
        on
            periods.company_id = days.company_id
            and days.calendar_date
            between periods.period_start_date and periods.period_end_date
    group by
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        periods.sales_since_date,
        periods.spend_since_date
),

joined as (
    select
        summed.*,
        summed.net_revenue as purchase_revenue,
        {{ kpi_rate('average_order_value', 'summed') }} as average_order_value
    from summed
)

select
    company_id,
    period_kind,
    period_start_date,
    period_end_date,
    sales_since_date,
    spend_since_date,
    {{ performance_figures() }}
from joined
