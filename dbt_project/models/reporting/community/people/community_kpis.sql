with changes as (
    select * from {{ ref('flagship_changes') }}
),

-- As they are set: no run stands between a target and its page.
targets as (
    select * from {{ source('ops', 'metric_targets') }}
),

limits as (
    select
        company_id,
        rule_id,
        threshold
    from {{ source('ops', 'alert_rules') }}
    where
        is_enabled
        and relation = 'community_standing'
        and comparison = 'below'
),

-- A target is in force until the next one.
compared as (
    select
        changes.*,
        targets.target,
        warns.threshold as warn_limit,
        criticals.threshold as critical_limit,
        changes.figure < warns.threshold as is_weak,
        changes.figure < criticals.threshold as is_critical
    from changes
    left join targets
        on
            changes.company_id = targets.company_id
            and changes.metric_name = targets.metric_name
            and changes.month_start_date >= targets.month_start_date
            and not exists (
                select 1
                from targets as later
                where
                    targets.company_id = later.company_id
                    and targets.metric_name = later.metric_name
                    and targets.month_start_date < later.month_start_date
                    and changes.month_start_date >= later.month_start_date
            )
    left join limits as warns
        on
            changes.company_id = warns.company_id
            and warns.rule_id
            = 'community_standing.' || changes.metric_name || '.warn'
    left join limits as criticals
        on
            changes.company_id = criticals.company_id
            and criticals.rule_id
            = 'community_standing.' || changes.metric_name || '.critical'
),

judged as (
    select
        company_id,
        month_start_date,
        metric_name,
        place,
        is_newest,
        figure,
        month_change,
        year_change,
        target as kpi_target,
        (figure / target - 1)::double precision as target_change,
        warn_limit,
        critical_limit,
        case
            when is_critical then 'critical'
            when is_weak or figure < target then 'missed'
            when coalesce(target, warn_limit, critical_limit) is not null
                then 'reached'
        end as kpi_state
    from compared
)

select * from judged
