select
    company_id,
    flow_name,
    run_date,
    run_count as flow_run_count,
    failed_run_count,
    outage_count,
    repair_count,
    repair_minutes,
    failed_run_count::double precision / nullif(run_count, 0)
        as flow_failure_ratio,
    (repair_minutes / nullif(repair_count, 0))::double precision
        as mean_repair_minutes
from {{ ref('flow_days') }}
