with accounts as (
    select * from {{ ref('account_month_movements') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

retention as (
    select * from {{ ref('mrr_retention_months') }}
    where {{ is_in_scope() }}
),

counted as (
    select
        company_id,
        month_start_date,
        count(*) filter (where start_mrr > 0) as start_count,
        count(*) filter (where end_mrr > 0) as end_count,
        count(*) filter (where movement = 'new') as new_count,
        count(*) filter (where movement = 'reactivation') as back_count,
        count(*) filter (where movement = 'churn') as churned_count,
        count(*) filter (where is_joined_and_left) as short_count,
        count(*) filter (where is_joined_and_left and not was_customer)
            as new_short_count,
        count(*) filter (where end_kind = 'voluntary') as wanted_count,
        count(*) filter (where end_kind = 'involuntary') as unwanted_count,
        sum(start_mrr) as start_mrr,
        sum(end_mrr) as end_mrr,
        sum(mrr_change) filter (where movement = 'new')
            as new_mrr,
        sum(mrr_change) filter (where movement = 'reactivation')
            as reactivation_mrr,
        sum(mrr_change) filter (where movement = 'expansion')
            as expansion_mrr,
        -sum(mrr_change) filter (where movement = 'contraction')
            as contraction_mrr,
        -sum(mrr_change) filter (where movement = 'churn')
            as churned_mrr,
        -sum(mrr_change) filter (where end_kind = 'voluntary')
            as wanted_mrr,
        -sum(mrr_change) filter (where end_kind = 'involuntary')
            as unwanted_mrr,
        sum(fx_amount) as fx_mrr
    from accounts
    group by company_id, month_start_date
),

joined as (
    select
        counted.company_id,
        counted.month_start_date,
        companies.currency_code,
        counted.start_count::integer as start_account_count,
        counted.end_count::integer as end_account_count,
        counted.new_count::integer as new_account_count,
        counted.back_count::integer as reactivated_account_count,
        counted.churned_count::integer as churned_account_count,
        counted.short_count::integer as joined_and_left_account_count,
        counted.new_short_count::integer as new_and_left_account_count,
        counted.wanted_count::integer as voluntary_churned_account_count,
        counted.unwanted_count::integer as involuntary_churned_account_count,
        counted.start_mrr::numeric(18, 2) as start_mrr,
        counted.end_mrr::numeric(18, 2) as end_mrr,
        coalesce(counted.new_mrr, 0)::numeric(18, 2) as new_mrr,
        coalesce(counted.reactivation_mrr, 0)::numeric(18, 2)
            as reactivation_mrr,
        coalesce(counted.expansion_mrr, 0)::numeric(18, 2) as expansion_mrr,
        coalesce(counted.contraction_mrr, 0)::numeric(18, 2) as contraction_mrr,
        coalesce(counted.churned_mrr, 0)::numeric(18, 2) as churned_mrr,
        coalesce(counted.wanted_mrr, 0)::numeric(18, 2)
            as voluntary_churned_mrr,
        coalesce(counted.unwanted_mrr, 0)::numeric(18, 2)
            as involuntary_churned_mrr,
        counted.fx_mrr::numeric(18, 2) as fx_mrr,
        retention.base_account_count,
        retention.base_mrr,
        retention.base_mrr_now,
        retention.base_mrr_kept
    from counted
    inner join companies
        on counted.company_id = companies.company_id
    left join retention
        on
            counted.company_id = retention.company_id
            and counted.month_start_date = retention.month_start_date
)

select * from joined
