with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

periods as (
    select * from {{ ref('account_mrr_periods') }}
    where {{ is_in_scope() }} and first_date is not null
),

-- From the first day with MRR to the first without, or to today.
lives as (
    select
        company_id,
        account_id,
        first_date,
        min(from_date) filter (
            where mrr_amount = 0 and from_date > first_date
        ) as left_date
    from periods
    group by company_id, account_id, first_date
),

aged as (
    select
        lives.company_id,
        extract(year from lives.first_date)::integer as cohort_year,
        coalesce(lives.left_date, companies.as_of_date)
        - lives.first_date as age_days,
        lives.left_date is not null as has_left
    from lives
    inner join companies
        on lives.company_id = companies.company_id
),

counted as (
    select
        company_id,
        cohort_year,
        age_days,
        count(*) as ended_count,
        count(*) filter (where has_left) as left_count
    from aged
    group by company_id, cohort_year, age_days
),

exposed as (
    select
        *,
        sum(ended_count) over (
            partition by company_id, cohort_year order by age_days desc
        ) as at_risk_count
    from counted
),

-- Kaplan and Meier (1958); the variance of its logarithm: Greenwood (1926).
survived as (
    select
        company_id,
        cohort_year,
        age_days,
        at_risk_count,
        left_count,
        min(at_risk_count - left_count) over (
            partition by company_id, cohort_year order by age_days
        ) as least_left_over,
        sum(ln((at_risk_count - left_count) / at_risk_count)) filter (
            where at_risk_count > left_count
        ) over (
            partition by company_id, cohort_year order by age_days
        ) as log_survival,
        sum(left_count / at_risk_count / (at_risk_count - left_count)) filter (
            where at_risk_count > left_count
        ) over (
            partition by company_id, cohort_year order by age_days
        ) as log_variance
    from exposed
),

estimated as (
    select
        company_id,
        cohort_year,
        age_days,
        at_risk_count::integer as at_risk_count,
        left_count::integer as left_count,
        case
            when least_left_over = 0 then 0 else exp(log_survival)
        end::double precision as survival_ratio,
        log_variance::double precision as log_variance
    from survived
)

select * from estimated
