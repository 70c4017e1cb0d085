select
    company_id,
    month_start_date,
    currency_code,
    sponsor_count,
    sponsorship_income::numeric(18, 2) as sponsorship_income,
    sponsorship_cost::numeric(18, 2) as sponsorship_cost
from {{ ref('sponsorship_months') }}
