with compared as (
    select * from {{ source('predictions', 'churn_comparisons') }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
),

totals as (
    select * from {{ ref('customer_value_totals') }}
),

valued as (
    select
        compared.company_id,
        compared.as_of_date,
        compared.inactivity_days,
        compared.customer_count,
        compared.lost_count,
        compared.churn_rate,
        compared.customer_count_before,
        compared.lost_count_before,
        compared.churn_rate_before,
        compared.churn_rate_change,
        compared.churn_rate_change_lower,
        compared.churn_rate_change_upper,
        (
            compared.churn_rate_change
            * compared.customer_count * totals.one_time_value_12m
        )::numeric(18, 2) as value_lost,
        (
            compared.churn_rate_change_lower
            * compared.customer_count * totals.one_time_value_12m
        )::numeric(18, 2) as value_lost_lower,
        (
            compared.churn_rate_change_upper
            * compared.customer_count * totals.one_time_value_12m
        )::numeric(18, 2) as value_lost_upper,
        companies.currency_code
    from compared
    inner join companies
        on compared.company_id = companies.company_id
    left join totals
        on compared.company_id = totals.company_id
)

select * from valued
