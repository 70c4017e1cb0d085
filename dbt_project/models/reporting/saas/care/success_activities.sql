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
        'email' as activity_kind,
        sent_count as activity_count,
        null as account_count
    from {{ ref('email_delivery_months') }}
    where is_complete
),

labels as (
    select * from {{ ref('account_labels') }}
    where kind = 'activity'
),

told as (
    select
        activities.company_id,
        activities.month_start_date,
        activities.activity_kind,
        labels.place,
        labels.label_es as activity_label_es,
        labels.label_en as activity_label_en,
        activities.activity_count as success_activity_count,
        activities.account_count as reached_account_count
    from activities
    inner join labels
        on activities.activity_kind = labels.word
)

select * from told
