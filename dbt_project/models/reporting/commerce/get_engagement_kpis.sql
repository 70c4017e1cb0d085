with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where
        company_id = {{ argument('company_id') }}
        and {{ argument('start_date') }} <= {{ argument('end_date') }}
),

carts as (
    select * from {{ ref('get_cart_abandonment_rate') }}(
        {{ argument('company_id') }},
        {{ argument('start_date') }},
        {{ argument('end_date') }}
    )
),

-- The range, and the 365 days that end with it.
purchases as (
    select
        company_id,
        customer_id,
        net_revenue,
        order_date >= {{ argument('start_date') }} as is_in_range,
        order_date > {{ argument('end_date') }} - 365 as is_in_year
    from {{ ref('orders') }}
    where
        company_id = {{ argument('company_id') }}
        and order_date
        >= least(
            {{ argument('start_date') }}, {{ argument('end_date') }} - 364
        )
        and order_date <= {{ argument('end_date') }}
        and is_purchase
),

-- By buyer first: counting distinct buyers would sort all purchases.
buyers as (
    select
        company_id,
        customer_id,
        count(*) filter (where is_in_range) as purchase_count,
        sum(net_revenue) filter (where is_in_range) as net_revenue,
        count(*) filter (where is_in_year) as yearly_purchase_count
    from purchases
    group by company_id, customer_id
),

counted as (
    select
        company_id,
        sum(purchase_count) as purchase_count,
        sum(net_revenue) as net_revenue,
        sum(yearly_purchase_count) as yearly_purchase_count,
        count(*) filter (where yearly_purchase_count > 0) as yearly_buyer_count
    from buyers
    group by company_id
),

counts as (
    select
        companies.company_id,
        companies.currency_code,
        carts.cart_count,
        carts.abandoned_cart_count,
        carts.cart_abandonment_rate,
        coalesce(counted.purchase_count, 0)::integer as purchase_count,
        coalesce(counted.net_revenue, 0)::numeric(18, 2) as net_revenue,
        counted.yearly_purchase_count::double precision
        / nullif(counted.yearly_buyer_count, 0) as purchase_frequency
    from companies
    inner join carts
        on companies.company_id = carts.company_id
    left join counted
        on companies.company_id = counted.company_id
),

rated as (
    select
        *,
        {{ kpi_rate('average_order_value', 'counts') }}
            as average_order_value
    from counts
)

select * from rated
