with
{{ newest_rows('rules', ref('stg_files__loyalty_rules'), ['tier']) }}

select
    company_id,
    tier,
    least_months::double precision as least_months,
    coalesce(least_adoption, 0)::double precision as least_adoption,
    coalesce(least_engagement, 0)::double precision as least_engagement
from rules
