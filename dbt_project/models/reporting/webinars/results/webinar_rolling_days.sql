select
    windows.company_id,
    windows.calendar_date,
    windows.webinar_count,
    windows.net_revenue as webinar_net_revenue,
    windows.return_ratio as webinar_return_ratio,
    windows.conversion_ratio as webinar_conversion_ratio,
    windows.cost_per_registrant as webinar_cost_per_registrant,
    companies.currency_code
from {{ ref('webinar_windows') }} as windows
inner join {{ ref('companies') }} as companies
    on windows.company_id = companies.company_id
