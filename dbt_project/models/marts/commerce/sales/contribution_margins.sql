with companies as (
    select * from {{ ref('stg_ops__companies') }}
    where {{ is_in_scope() }}
),

-- Of a year, so that no season counts more than another.
months as (
    select
        paid.company_id,
        paid.variable_costs,
        sales.net_sales,
        sales.order_count,
        sales.fee_told_order_count,
        sales.payment_fee,
        sales.total_sales - sales.fee_told_sales as untold_sales,
        row_number() over (
            partition by paid.company_id
            order by paid.month_start_date desc
        ) as months_ago
    from {{ ref('cost_months') }} as paid
    left join {{ ref('sales_months') }} as sales
        on
            paid.company_id = sales.company_id
            and paid.month_start_date = sales.month_start_date
    where {{ is_in_scope('paid.company_id') }}
),

sold as (
    select
        company_id,
        sum(variable_costs) as variable_costs,
        nullif(greatest(sum(net_sales), 0), 0) as net_sales,
        sum(order_count) as order_count,
        coalesce(sum(fee_told_order_count), 0) as told_count,
        coalesce(sum(payment_fee), 0) as told_fees,
        sum(untold_sales) as untold_sales
    from months
    where months_ago <= 12
    group by company_id
),

named as (
    select
        companies.company_id,
        companies.gross_margin_rate,
        'goods'
        || case
            when companies.shipping_cost_per_order is null then ''
            else '_shipping'
        end
        || case
            when sold.told_count > 0 and sold.told_count = sold.order_count
                then '_fees'
            when
                coalesce(
                    companies.payment_fee_rate, companies.payment_fee_per_order
                ) is not null
                then
                    case when sold.told_count > 0 then '_fees_and' else '' end
                    || '_payment'
            when sold.told_count > 0 then '_some_fees'
            else ''
        end as costs_included,
        sold.variable_costs / sold.net_sales as variable_cost_rate,
        sold.order_count / sold.net_sales as orders_per_sale,
        (sold.order_count - sold.told_count) / sold.net_sales
            as untold_orders_per_sale,
        sold.untold_sales / sold.net_sales as untold_charged_per_sale,
        sold.told_fees / sold.net_sales as told_fees_per_sale,
        sold.told_count::numeric / nullif(sold.order_count, 0) as fee_told_rate
    from companies
    left join sold
        on companies.company_id = sold.company_id
),

-- What orders cost is known of a unit of sales once something was sold.
rated as (
    select
        company_id,
        gross_margin_rate,
        costs_included,
        orders_per_sale::double precision as orders_per_sale,
        untold_orders_per_sale::double precision as untold_orders_per_sale,
        untold_charged_per_sale::double precision as untold_charged_per_sale,
        told_fees_per_sale::double precision as told_fees_per_sale,
        fee_told_rate::double precision as fee_told_rate,
        case
            when costs_included = 'goods' then gross_margin_rate
            else gross_margin_rate - variable_cost_rate
        end::numeric(18, 6) as contribution_margin_rate
    from named
)

select * from rated
