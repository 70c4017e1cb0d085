with
{{ newest_rows(
    'targets', ref('stg_files__kpi_targets'), ['metric_name', 'target_month']
) }},

kept as (
    select
        company_id,
        metric_name,
        target_month,
        target_value
    from targets
    where metric_name is not null and target_month is not null
)

select * from kept
