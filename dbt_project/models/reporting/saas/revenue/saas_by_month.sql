with months as (
    select * from {{ ref('saas_months') }}
),

dunning as (
    select * from {{ ref('dunning_months') }}
),

rated as (
    select
        months.company_id,
        months.month_start_date,
        months.currency_code,
        months.start_account_count,
        months.end_account_count,
        months.new_account_count,
        months.reactivated_account_count,
        months.churned_account_count,
        months.joined_and_left_account_count,
        months.voluntary_churned_account_count,
        months.involuntary_churned_account_count,
        months.start_mrr,
        months.end_mrr,
        months.new_mrr,
        months.reactivation_mrr,
        months.expansion_mrr,
        months.contraction_mrr,
        months.churned_mrr,
        months.voluntary_churned_mrr,
        months.involuntary_churned_mrr,
        months.fx_mrr,
        months.base_account_count,
        months.base_mrr,
        months.base_mrr_now,
        months.base_mrr_kept,
        (months.end_mrr - months.start_mrr)::numeric(18, 2) as mrr_change,
        months.churned_account_count::double precision
        / nullif(months.start_account_count, 0) as logo_churn_ratio,
        {{ wilson_bound(
            'months.churned_account_count', 'months.start_account_count', -1
        ) }} as logo_churn_ratio_lower,
        {{ wilson_bound(
            'months.churned_account_count', 'months.start_account_count', 1
        ) }} as logo_churn_ratio_upper,
        {{ rate_of_many(
            'months.churned_mrr + months.contraction_mrr',
            'months.start_mrr',
            'months.start_account_count',
        ) }} as gross_mrr_churn_ratio,
        {{ rate_of_many(
            'months.churned_mrr + months.contraction_mrr'
            ~ ' - months.expansion_mrr - months.reactivation_mrr',
            'months.start_mrr',
            'months.start_account_count',
        ) }} as net_mrr_churn_ratio,
        {{ rate_of_many(
            'months.base_mrr_now', 'months.base_mrr', 'months.base_account_count'
        ) }} as net_revenue_retention_ratio,
        {{ rate_of_many(
            'months.base_mrr_kept', 'months.base_mrr', 'months.base_account_count'
        ) }} as gross_revenue_retention_ratio,
        (months.new_mrr + months.expansion_mrr)::double precision
        / nullif(months.churned_mrr + months.contraction_mrr, 0) as quick_ratio,
        (months.end_mrr / nullif(months.end_account_count, 0))::numeric(18, 2)
            as average_mrr_per_account,
        dunning.failed_invoice_count,
        dunning.recovered_invoice_count,
        {{ rate_of_many(
            'dunning.recovered_invoice_count',
            'dunning.failed_invoice_count',
            'dunning.failed_invoice_count',
        ) }} as recovered_invoice_ratio
    from months
    left join dunning
        on
            months.company_id = dunning.company_id
            and months.month_start_date = dunning.month_start_date
),

compounded as (
    select
        *,
        {{ compounded('logo_churn_ratio', 3) }} as quarterly_logo_churn_ratio,
        {{ compounded('logo_churn_ratio', 12) }} as annual_logo_churn_ratio
    from rated
)

select * from compounded
