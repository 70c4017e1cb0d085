with
{{ newest_rows(
    'targets', ref('stg_files__kpi_targets'), ['metric_name', 'target_month']
) }},

-- Several days of a month are one target, the last of them.
told as (
    select distinct on (
        company_id, lower(metric_name), date_trunc('month', target_month)
    )
        company_id,
        lower(metric_name) as metric_name,
        date_trunc('month', target_month)::date as target_month,
        target_value::double precision as target_value,
        baseline_value::double precision as baseline_value
    from targets
    order by
        company_id asc,
        lower(metric_name) asc,
        date_trunc('month', target_month) asc,
        target_month desc
),

-- A month without one has the next, behind the last the last.
spread as (
    select
        *,
        lag(target_month) over (
            partition by company_id, metric_name order by target_month
        ) as after_month,
        case
            when
                lead(target_month) over (
                    partition by company_id, metric_name order by target_month
                ) is not null
                then target_month
        end as until_month
    from told
)

select * from spread
