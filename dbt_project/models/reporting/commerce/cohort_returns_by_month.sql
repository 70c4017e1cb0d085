select
    company_id,
    cohort_month_start_date,
    month_number,
    currency_code,
    cohort_size,
    acquisition_cost,
    revenue_per_customer,
    contribution_per_customer,
    payback_months
from {{ ref('cohort_returns') }}
