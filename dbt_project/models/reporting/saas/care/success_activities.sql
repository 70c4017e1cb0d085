with activities as (
    select
        company_id,
        month_start_date,
        activity_kind,
        activity_count,
        account_count
    from {{ ref('account_activity_months') }}
    union all
    select
        company_id,
        month_start_date,
        channel as activity_kind,
        message_count as activity_count,
        null as account_count
    from {{ ref('message_months') }}
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'activity'
),

targets as (
    select * from {{ ref('saas_kpi_targets') }}
),

-- The target of the month, else of the next that has one, else the last.
told as (
    select
        activities.company_id,
        activities.month_start_date,
        activities.activity_kind,
        labels.place,
        labels.label_es as activity_label_es,
        labels.label_en as activity_label_en,
        activities.activity_count as success_activity_count,
        activities.account_count as reached_account_count,
        targets.target_value as activity_target_count
    from activities
    inner join labels
        on activities.activity_kind = labels.word
    left join targets
        on
            activities.company_id = targets.company_id
            and targets.metric_name
            = 'success_' || activities.activity_kind || '_count'
            and coalesce(
                activities.month_start_date > targets.after_month, true
            )
            and coalesce(
                activities.month_start_date <= targets.until_month, true
            )
)

select * from told
