with days as (
    select
        *,
        lead(age_days) over (
            partition by company_id, cohort_year order by age_days
        ) as next_age_days,
        lead(at_risk_count) over (
            partition by company_id, cohort_year order by age_days
        ) as still_at_risk_count
    from {{ ref('account_survival_days') }}
    where {{ is_in_scope() }}
),

cohorts as (
    select
        company_id,
        cohort_year,
        max(at_risk_count) as account_count
    from {{ ref('account_survival_days') }}
    where {{ is_in_scope() }}
    group by company_id, cohort_year
),

-- A month of age is a twelfth of 365 days. Behind the oldest nothing is known.
read_off as (
    select
        days.company_id,
        days.cohort_year,
        ages.month_number::integer as month_number,
        days.still_at_risk_count as at_risk_count,
        days.survival_ratio,
        sqrt(days.log_variance) as log_deviation
    from days
    cross join
        lateral generate_series(
            greatest(ceil(days.age_days * 12 / 365.0), 1),
            ceil(days.next_age_days * 12 / 365.0) - 1
        ) as ages (month_number)
),

bounded as (
    select
        read_off.company_id,
        read_off.cohort_year,
        read_off.month_number,
        cohorts.account_count,
        read_off.at_risk_count,
        read_off.survival_ratio,
        read_off.survival_ratio
        * exp(-1.959963984540054 * read_off.log_deviation)
            as survival_ratio_lower,
        least(
            read_off.survival_ratio
            * exp(1.959963984540054 * read_off.log_deviation),
            1
        ) as survival_ratio_upper
    from read_off
    inner join cohorts
        on
            read_off.company_id = cohorts.company_id
            and read_off.cohort_year = cohorts.cohort_year
)

select * from bounded
