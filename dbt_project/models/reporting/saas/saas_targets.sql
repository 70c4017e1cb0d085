with targets as (
    select * from {{ ref('saas_kpi_targets') }}
),

told as (
    select
        company_id,
        metric_name,
        target_month,
        target_value,
        baseline_value
    from targets
)

select * from told
