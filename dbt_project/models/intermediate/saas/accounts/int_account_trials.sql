with companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

rows_told as (
    select * from {{ ref('int_subscription_rows_unioned') }}
),

merged as (
    select * from {{ ref('int_accounts_merged') }}
),

tried as (
    select
        rows_told.company_id,
        coalesce(merged.account_id, rows_told.account_id) as account_id,
        (
            least(rows_told.started_at, rows_told.effective_at)
            at time zone companies.time_zone
        )::date as began_on,
        (
            least(rows_told.trial_ends_at, rows_told.ended_at)
            at time zone companies.time_zone
        )::date as ended_on
    from rows_told
    inner join companies
        on rows_told.company_id = companies.company_id
    left join merged
        on
            rows_told.company_id = merged.company_id
            and rows_told.account_id = merged.merged_account_id
    where
        rows_told.status = 'trialing'
        or rows_told.trial_ends_at
        > least(rows_told.started_at, rows_told.effective_at)
),

summed as (
    select
        company_id,
        account_id,
        min(began_on) as trial_start_date,
        max(ended_on) as trial_end_date
    from tried
    group by company_id, account_id
)

select * from summed
