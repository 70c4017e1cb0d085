with bought as (
    select * from {{ ref('cohort_months') }}
    where {{ is_in_scope() }}
),

cohorts as (
    select
        company_id,
        cohort_month_start_date,
        currency_code,
        buyer_count as cohort_size
    from bought
    where month_number = 0
),

-- Who never told any spend may have some all the same.
months as (
    select
        company_id,
        month_start_date,
        is_complete,
        coalesce(
            spend,
            case when sum(spend) over (partition by company_id) > 0 then 0 end
        ) as spend
    from {{ ref('performance_months') }}
    where {{ is_in_scope() }}
),

-- Every month of a cohort's life that is over.
lived as (
    select
        cohorts.company_id,
        cohorts.cohort_month_start_date,
        cohorts.currency_code,
        cohorts.cohort_size,
        margins.contribution_margin_rate,
        first_value(months.spend) over (
            partition by cohorts.company_id, cohorts.cohort_month_start_date
            order by months.month_start_date
        ) / cohorts.cohort_size as acquisition_cost,
        row_number() over (
            partition by cohorts.company_id, cohorts.cohort_month_start_date
            order by months.month_start_date
        )::integer - 1 as month_number
    from cohorts
    inner join {{ ref('contribution_margins') }} as margins
        on cohorts.company_id = margins.company_id
    inner join months
        on
            cohorts.company_id = months.company_id
            and cohorts.cohort_month_start_date <= months.month_start_date
    where months.is_complete and {{ is_in_scope('margins.company_id') }}
),

accumulated as (
    select
        lived.*,
        sum(coalesce(bought.net_revenue, 0)) over (
            partition by lived.company_id, lived.cohort_month_start_date
            order by lived.month_number
        ) / lived.cohort_size as revenue_per_customer
    from lived
    left join bought
        on
            lived.company_id = bought.company_id
            and lived.cohort_month_start_date = bought.cohort_month_start_date
            and lived.month_number = bought.month_number
),

earned as (
    select
        *,
        revenue_per_customer * contribution_margin_rate - acquisition_cost
            as contribution_per_customer
    from accumulated
),

returned as (
    select
        company_id,
        cohort_month_start_date,
        month_number,
        currency_code,
        cohort_size,
        acquisition_cost::numeric(18, 2) as acquisition_cost,
        revenue_per_customer::numeric(18, 2) as revenue_per_customer,
        contribution_per_customer::numeric(18, 2) as contribution_per_customer,
        min(month_number) filter (where contribution_per_customer >= 0) over (
            partition by company_id, cohort_month_start_date
        ) as payback_months
    from earned
)

select * from returned
