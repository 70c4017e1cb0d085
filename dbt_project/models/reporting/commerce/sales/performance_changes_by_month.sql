with changes as (
    select * from {{ ref('performance_changes') }}
),

-- As they are set: no run stands between a target and its page.
targets as (
    select * from {{ source('ops', 'metric_targets') }}
),

compared as (
    select
        changes.company_id,
        changes.month_start_date,
        changes.metric_name,
        changes.place,
        changes.figure,
        changes.month_change,
        changes.year_change,
        targets.target as month_target,
        (changes.figure / targets.target - 1)::double precision
            as target_change
    from changes
    left join targets
        on
            changes.company_id = targets.company_id
            and changes.metric_name = targets.metric_name
            and changes.month_start_date = targets.month_start_date
)

select * from compared
