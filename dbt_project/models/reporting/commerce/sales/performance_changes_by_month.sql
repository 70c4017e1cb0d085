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
        -- Of what year_change is told against, and of nothing else.
        case
            when changes.year_change is not null then year_before.figure
        end::numeric(24, 6) as year_figure,
        targets.target as month_target,
        (changes.figure / targets.target - 1)::double precision
            as target_change
    from changes
    left join changes as year_before
        on
            changes.company_id = year_before.company_id
            and changes.metric_name = year_before.metric_name
            and changes.month_start_date
            = year_before.month_start_date + interval '1 year'
    left join targets
        on
            changes.company_id = targets.company_id
            and changes.metric_name = targets.metric_name
            and changes.month_start_date = targets.month_start_date
)

select * from compared
