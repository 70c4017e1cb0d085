with companies as (
    select
        company_id,
        (
            date_trunc('month', {{ as_of_date() }} + 1) - interval '1 month'
        )::date as month_start_date,
        (
            date_trunc('month', {{ as_of_date() }} + 1) - interval '13 months'
        )::date as base_month,
        (
            date_trunc('month', {{ as_of_date() }} + 1) - interval '12 months'
        )::date as base_end
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

paid as (
    select
        companies.company_id,
        companies.month_start_date,
        months.account_id,
        bool_or(months.month_start_date = companies.month_start_date) as is_kept
    from {{ ref('account_mrr_months') }} as months
    inner join companies
        on
            months.company_id = companies.company_id
            and months.month_start_date
            in (companies.base_month, companies.month_start_date)
    where {{ is_in_scope('months.company_id') }} and months.end_mrr > 0
    group by
        companies.company_id, companies.month_start_date, months.account_id
    having bool_or(months.month_start_date = companies.base_month)
),

contacted as (
    select distinct
        activities.company_id,
        activities.account_id
    from {{ ref('account_activities') }} as activities
    inner join companies
        on
            activities.company_id = companies.company_id
            and activities.activity_date < companies.base_end
            and activities.activity_date >= companies.base_end - 92
    where {{ is_in_scope('activities.company_id') }}
),

accounts as (
    select * from {{ ref('accounts') }}
    where {{ is_in_scope() }}
),

described as (
    select
        paid.company_id,
        paid.month_start_date,
        paid.account_id,
        accounts.segment,
        paid.is_kept,
        accounts.cs_manager is not null as has_manager,
        contacted.account_id is not null as was_contacted
    from paid
    left join accounts
        on
            paid.company_id = accounts.company_id
            and paid.account_id = accounts.account_id
    left join contacted
        on
            paid.company_id = contacted.company_id
            and paid.account_id = contacted.account_id
)

select * from described
