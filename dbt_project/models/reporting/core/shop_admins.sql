select
    company_id,
    customers_url
from {{ ref('companies') }}
where customers_url is not null
