with activities as (
    select
        company_id,
        date_trunc('month', activity_date)::date as month_start_date,
        case
            when activity_kind = 'outreach' and sequence_step = 'call'
                then 'call'
            else activity_kind
        end as activity_kind,
        account_id
    from {{ ref('account_activities') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        date_trunc('month', {{ as_of_date() }} + 1)::date as open_month
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        activities.company_id,
        activities.month_start_date,
        activities.activity_kind,
        count(*)::integer as activity_count,
        count(distinct activities.account_id)::integer as account_count
    from activities
    inner join companies
        on
            activities.company_id = companies.company_id
            and activities.month_start_date < companies.open_month
    group by
        activities.company_id,
        activities.month_start_date,
        activities.activity_kind
)

select * from counted
