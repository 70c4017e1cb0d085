with companies as (
    select * from {{ ref('stg_ops__companies') }}
    where {{ is_in_scope() }}
),

sales as (
    select * from {{ ref('sales_days') }}
    where {{ is_in_scope() }}
),

joined as (
    select
        sales.company_id,
        sales.calendar_date,
        companies.shipping_cost_per_order,
        companies.payment_fee_rate,
        companies.payment_fee_per_order,
        sales.order_count,
        sales.payment_fee as told_fees,
        sales.total_sales - sales.fee_told_sales as untold_sales,
        sales.order_count - sales.fee_told_order_count as untold_order_count,
        coalesce(
            companies.payment_fee_rate, companies.payment_fee_per_order
        ) is not null
        or sum(sales.fee_told_order_count) over (
            partition by sales.company_id
        ) > 0 as has_fees
    from sales
    inner join companies
        on sales.company_id = companies.company_id
),

costed as (
    select
        company_id,
        calendar_date,
        {{ order_costs() }}
    from joined
),

summed as (
    select
        company_id,
        calendar_date,
        ({{ variable_costs() }})::numeric(24, 6) as variable_costs
    from costed
)

select * from summed
where variable_costs is not null
