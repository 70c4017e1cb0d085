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
        sales.total_sales,
        sales.order_count,
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
        sum(total_sales) as total_sales,
        sum(order_count) as order_count
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
            when
                coalesce(
                    companies.payment_fee_rate, companies.payment_fee_per_order
                ) is null
                then ''
            else '_payment'
        end as costs_included,
        sold.variable_costs / sold.net_sales as variable_cost_rate,
        sold.order_count / sold.net_sales as orders_per_sale,
        sold.total_sales / sold.net_sales as charged_per_sale
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
        charged_per_sale::double precision as charged_per_sale,
        case
            when costs_included = 'goods' then gross_margin_rate
            else gross_margin_rate - variable_cost_rate
        end::numeric(18, 6) as contribution_margin_rate
    from named
)

select * from rated
