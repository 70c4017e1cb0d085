select
    company_id,
    month_start_date,
    through_date,
    is_complete,
    currency_code,
    tax_basis,
    order_count,
    net_sales,
    average_order_value,
    new_customer_revenue,
    returning_customer_revenue,
    spend,
    blended_return,
    observed_roas,
    gross_margin,
    contribution_after_ads
from {{ ref('performance_months') }}
