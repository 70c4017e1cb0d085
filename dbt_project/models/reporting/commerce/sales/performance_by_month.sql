select
    months.company_id,
    months.month_start_date,
    months.through_date,
    months.is_complete,
    months.currency_code,
    months.tax_basis,
    months.revenue_tax_basis,
    months.order_count,
    months.net_sales,
    months.average_order_value,
    months.visit_conversion_rate,
    months.new_customer_revenue,
    months.returning_customer_revenue,
    months.spend,
    months.blended_return,
    months.observed_roas,
    months.gross_margin,
    months.variable_costs,
    months.contribution_after_ads,
    months.break_even_gross_margin,
    visits.session_count as visit_count,
    visits.order_count as visit_order_count,
    visits.untold_day_count as untold_visit_day_count
from {{ ref('performance_months') }} as months
left join {{ ref('conversion_months') }} as visits
    on
        months.company_id = visits.company_id
        and months.month_start_date = visits.month_start_date
