with companies as (
    select
        company_id,
        time_zone,
        gross_margin_rate,
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
        companies.gross_margin_rate,
        min(days.calendar_date) filter (
            where coalesce(days.order_count, days.purchase_count) is not null
        ) as since_date,
        min(days.calendar_date) filter (where days.spend is not null)
            as spend_date,
        min(days.calendar_date) filter (where days.session_count is not null)
            as visit_date,
        coalesce(bool_or(days.spend > 0), false) as has_spend,
        bool_or(days.variable_costs is not null) as has_costs
    from days
    inner join companies
        on days.company_id = companies.company_id
    group by
        days.company_id, companies.as_of_date, companies.gross_margin_rate
),

{{ with_periods('begun') }},

summed as (
    select
        periods.company_id,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        coalesce(sum(days.net_sales), 0) as net_sales,
        coalesce(sum(days.order_count), 0) as order_count,
        coalesce(sum(days.net_revenue), 0)::numeric(18, 2) as net_revenue,
        coalesce(sum(days.purchase_count), 0) as purchase_count,
        coalesce(sum(days.new_customer_revenue), 0) as new_customer_revenue,
        nullif(sum(days.spend)::numeric(18, 2), 0) as spend,
        sum(days.variable_costs) as order_costs,
        (sum(days.visit_order_count) / nullif(sum(days.session_count), 0))
        ::double precision as visit_conversion_rate
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
        periods.period_end_date
),

joined as (
    select
        summed.*,
        begun.gross_margin_rate,
        begun.since_date as sales_since_date,
        greatest(begun.since_date, begun.spend_date) as spend_since_date,
        greatest(begun.since_date, begun.visit_date) as visits_since_date,
        -- Without an order it cost nothing, where it is known what one costs.
        case when begun.has_costs then coalesce(summed.order_costs, 0) end
            as variable_costs,
        case when begun.has_spend then coalesce(summed.spend, 0) end
            as told_spend,
        summed.net_revenue as purchase_revenue,
        {{ kpi_rate('average_order_value', 'summed') }} as average_order_value
    from summed
    inner join begun
        on summed.company_id = begun.company_id
)

select
    company_id,
    period_kind,
    period_start_date,
    period_end_date,
    sales_since_date,
    spend_since_date,
    visits_since_date,
    {{ performance_figures() }},
    (net_sales * gross_margin_rate)::numeric(18, 2) as gross_margin,
    variable_costs::numeric(18, 2) as variable_costs,
    (net_sales * gross_margin_rate - coalesce(variable_costs, 0) - told_spend)
    ::numeric(18, 2) as contribution_after_ads,
    visit_conversion_rate
from joined
