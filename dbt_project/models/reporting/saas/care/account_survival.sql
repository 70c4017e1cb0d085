with months as (
    select * from {{ ref('account_survival_months') }}
),

told as (
    select
        company_id,
        cohort_year,
        month_number,
        account_count as cohort_account_count,
        at_risk_count as still_followed_count,
        survival_ratio as account_survival_ratio,
        survival_ratio_lower as account_survival_ratio_lower,
        survival_ratio_upper as account_survival_ratio_upper
    from months
)

select * from told
