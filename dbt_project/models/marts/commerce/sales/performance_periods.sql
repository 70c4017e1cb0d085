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
        days.company_id,
        companies.as_of_date,
        min(days.calendar_date) filter (
            where coalesce(days.order_count, days.purchase_count) is not null
        ) as since_date,
        min(days.calendar_date) filter (where days.spend is not null)
            as spend_date
    from days
    inner join companies
        on days.company_id = companies.company_id
    group by days.company_id, companies.as_of_date
),

{{ with_periods('begun') }},

summed as (
    select
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        begun.since_date as sales_since_date,
        greatest(begun.since_date, begun.spend_date) as spend_since_date,
        coalesce(sum(days.net_sales), 0) as net_sales,
        coalesce(sum(days.order_count), 0) as order_count,
        coalesce(sum(days.net_revenue), 0)::numeric(18, 2) as net_revenue,
        coalesce(sum(days.purchase_count), 0) as purchase_count,
        coalesce(sum(days.new_customer_revenue), 0) as new_customer_revenue,
        nullif(sum(days.spend)::numeric(18, 2), 0) as spend
    from periods
    inner join begun
        on periods.company_id = begun.company_id
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
        begun.since_date,
        begun.spend_date
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
