with cohort_months as (
    select * from {{ ref('cohort_months') }}
),

months as (
    select
        company_id,
        month_start_date,
        is_complete
    from {{ ref('company_months') }}
),

-- Whoever is in a cohort bought in its first month.
cohorts as (
    select
        company_id,
        cohort_month_start_date,
        currency_code,
        buyer_count as cohort_size
    from cohort_months
    where month_number = 0
),

-- Every month of a cohort's life so far; without buyers it is a nought.
cells as (
    select
        cohorts.company_id,
        cohorts.cohort_month_start_date,
        cohorts.currency_code,
        cohorts.cohort_size,
        months.is_complete,
        row_number() over (
            partition by cohorts.company_id, cohorts.cohort_month_start_date
            order by months.month_start_date
        )::integer - 1 as month_number
    from cohorts
    inner join months
        on
            cohorts.company_id = months.company_id
            and cohorts.cohort_month_start_date <= months.month_start_date
),

-- A month that is not over has no number: it would look like a fall.
counted as (
    select
        cells.company_id,
        cells.cohort_month_start_date,
        cells.month_number,
        cells.is_complete,
        cells.currency_code,
        cells.cohort_size,
        case
            when cells.is_complete
                then coalesce(cohort_months.buyer_count, 0)
        end as buyer_count,
        case
            when cells.is_complete
                then coalesce(cohort_months.net_revenue, 0)
        end::numeric(18, 2) as net_revenue,
        case when cells.is_complete then cells.cohort_size end
            as complete_cohort_size
    from cells
    left join cohort_months
        on
            cells.company_id = cohort_months.company_id
            and cells.cohort_month_start_date
            = cohort_months.cohort_month_start_date
            and cells.month_number = cohort_months.month_number
),

-- Beside the cohorts before it at the same age: means over all ages would
-- favour the young, who have only had their best months.
compared as (
    select
        company_id,
        cohort_month_start_date,
        month_number,
        is_complete,
        currency_code,
        cohort_size,
        buyer_count,
        net_revenue,
        buyer_count::double precision / cohort_size as retention_rate,
        sum(buyer_count) over (
            partition by company_id, month_number
            order by cohort_month_start_date
            rows between unbounded preceding and 1 preceding
        )::double precision
        / sum(complete_cohort_size) over (
            partition by company_id, month_number
            order by cohort_month_start_date
            rows between unbounded preceding and 1 preceding
        ) as earlier_cohorts_retention_rate
    from counted
),

subtracted as (
    select
        *,
        retention_rate - earlier_cohorts_retention_rate
            as retention_rate_difference
    from compared
)

select * from subtracted
