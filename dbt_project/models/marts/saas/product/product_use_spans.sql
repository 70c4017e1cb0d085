with months as (
    select * from {{ ref('account_event_months') }}
    where {{ is_in_scope() }} and event_use = 'counted'
),

began as (
    select
        company_id,
        min(first_date) as first_date,
        min(first_login_date) as first_login_date
    from months
    group by company_id
)

select * from began
