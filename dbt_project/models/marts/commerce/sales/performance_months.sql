with won as (
    select
        company_id,
        date_trunc('month', calendar_date)::date as month_start_date,
        sum(new_customer_revenue) as new_customer_revenue
    from {{ ref('performance_days') }}
    where {{ is_in_scope() }}
    group by company_id, date_trunc('month', calendar_date)
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        months.through_date,
        months.is_complete,
        companies.currency_code,
        companies.gross_margin_rate,
        coalesce(sales.net_sales, 0) as net_sales,
        coalesce(sales.tax_basis, 'not_told') as tax_basis,
        case
            when companies.revenue_includes_tax then 'included'
            else coalesce(sales.tax_basis, 'not_told')
        end as revenue_tax_basis,
        coalesce(sales.order_count, 0) as order_count,
        {{ kpi_rate('average_order_value', 'purchases') }}
            as average_order_value,
        coalesce(won.new_customer_revenue, 0) as new_customer_revenue,
        purchases.net_revenue as purchase_revenue,
        visits.visit_conversion_rate,
        -- Without any spend in the month there is nothing to divide by.
        nullif(paid.spend, 0) as spend,
        paid.variable_costs,
        coalesce(paid.variable_costs, 0) + paid.spend as other_costs
    from {{ ref('company_months') }} as months
    inner join {{ ref('companies') }} as companies
        on months.company_id = companies.company_id
    inner join {{ ref('engagement_months') }} as purchases
        on
            months.company_id = purchases.company_id
            and months.month_start_date = purchases.month_start_date
    left join {{ ref('sales_months') }} as sales
        on
            months.company_id = sales.company_id
            and months.month_start_date = sales.month_start_date
    left join won
        on
            months.company_id = won.company_id
            and months.month_start_date = won.month_start_date
    left join {{ ref('cost_months') }} as paid
        on
            months.company_id = paid.company_id
            and months.month_start_date = paid.month_start_date
    left join {{ ref('conversion_months') }} as visits
        on
            months.company_id = visits.company_id
            and months.month_start_date = visits.month_start_date
    where {{ is_in_scope('months.company_id') }}
),

rated as (
    select
        company_id,
        month_start_date,
        through_date,
        is_complete,
        currency_code,
        tax_basis,
        revenue_tax_basis,
        visit_conversion_rate,
        {{ performance_figures() }},
        (net_sales * gross_margin_rate)::numeric(18, 2) as gross_margin,
        (net_sales * gross_margin_rate - other_costs)::numeric(18, 2)
            as contribution_after_ads,
        variable_costs,
        (other_costs / nullif(greatest(net_sales, 0), 0))::numeric(18, 6)
            as break_even_gross_margin
    from joined
)

select * from rated
