with spent as (
    select
        company_id,
        date_trunc('month', calendar_date)::date as month_start_date,
        sum(spend) as spend
    from {{ ref('channel_days') }}
    where {{ is_in_scope() }}
    group by company_id, date_trunc('month', calendar_date)
),

joined as (
    select
        months.company_id,
        months.month_start_date,
        companies.shipping_cost_per_order,
        companies.payment_fee_rate,
        companies.payment_fee_per_order,
        coalesce(sales.order_count, 0) as order_count,
        -- Of orders whose file does not tell what their payment cost.
        coalesce(sales.total_sales - sales.fee_told_sales, 0)
            as untold_sales,
        coalesce(sales.order_count - sales.fee_told_order_count, 0)
            as untold_order_count,
        coalesce(sales.payment_fee, 0) as told_fees,
        coalesce(
            companies.payment_fee_rate, companies.payment_fee_per_order
        ) is not null
        or coalesce(sum(sales.fee_told_order_count) over (
            partition by months.company_id
        ), 0) > 0 as has_fees,
        spent.spend,
        -- Who never told any spend may have some all the same.
        sum(spent.spend) over (partition by months.company_id) > 0 as has_spend
    from {{ ref('company_months') }} as months
    inner join {{ ref('stg_ops__companies') }} as companies
        on months.company_id = companies.company_id
    left join {{ ref('sales_months') }} as sales
        on
            months.company_id = sales.company_id
            and months.month_start_date = sales.month_start_date
    left join spent
        on
            months.company_id = spent.company_id
            and months.month_start_date = spent.month_start_date
    where {{ is_in_scope('months.company_id') }}
),

costed as (
    select
        company_id,
        month_start_date,
        {{ order_costs() }},
        case when has_spend then coalesce(spend, 0) end as spend
    from joined
),

summed as (
    select
        company_id,
        month_start_date,
        shipping_cost::numeric(18, 2) as shipping_cost,
        payment_fees::numeric(18, 2) as payment_fees,
        ({{ variable_costs() }})::numeric(18, 2) as variable_costs,
        spend::numeric(18, 2) as spend
    from costed
)

select * from summed
