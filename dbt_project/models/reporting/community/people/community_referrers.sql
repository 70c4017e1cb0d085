select
    company_id,
    person_id,
    referred_count,
    activated_referred_count
from {{ ref('referrers') }}
