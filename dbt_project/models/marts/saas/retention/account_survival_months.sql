with days as (
    select * from {{ ref('account_survival_days') }}
    where {{ is_in_scope() }}
),

cohorts as (
    select
        company_id,
        cohort_year,
        max(at_risk_count) as account_count
    from days
    group by company_id, cohort_year
),

-- On the first day all are there.
begun as (
    select
        company_id,
        cohort_year,
        -1 as age_days,
        account_count as at_risk_count,
        1 as survival_ratio,
        null as log_variance
    from cohorts
    union all
    select
        company_id,
        cohort_year,
        age_days,
        at_risk_count,
        survival_ratio,
        log_variance
    from days
),

followed as (
    select
        *,
        lead(age_days) over (
            partition by company_id, cohort_year order by age_days
        ) as next_age_days,
        lead(at_risk_count) over (
            partition by company_id, cohort_year order by age_days
        ) as still_at_risk_count
    from begun
),

-- A month of age is a twelfth of 365 days. Behind the oldest nothing is known.
read_off as (
    select
        followed.company_id,
        followed.cohort_year,
        ages.month_number::integer as month_number,
        followed.still_at_risk_count as at_risk_count,
        followed.survival_ratio,
        sqrt(nullif(followed.log_variance, 0)) as log_deviation
    from followed
    cross join
        lateral generate_series(
            greatest(ceil(followed.age_days * 12 / 365.0), 1),
            ceil(followed.next_age_days * 12 / 365.0) - 1
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
