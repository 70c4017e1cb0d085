with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

purchases as (
    select
        company_id,
        order_id,
        order_date,
        net_revenue
    from {{ ref('orders') }}
    where {{ is_in_scope() }} and is_purchase
),

order_products as (
    select
        company_id,
        order_id,
        coalesce(product_id, 'unknown') as product_id,
        sum(net_amount) as net_amount
    from {{ ref('order_lines') }}
    where {{ is_in_scope() }}
    group by company_id, order_id, coalesce(product_id, 'unknown')
),

-- What is left of an order is shared out by what its products cost: refunds and
-- discounts of the whole order have no line. So products add up to the company.
sold as (
    select
        purchases.company_id,
        purchases.order_date as calendar_date,
        coalesce(order_products.product_id, 'unknown') as product_id,
        purchases.net_revenue * coalesce(
            order_products.net_amount / nullif(
                sum(order_products.net_amount) over (
                    partition by purchases.company_id, purchases.order_id
                ),
                0
            ),
            1.0 / count(*) over (
                partition by purchases.company_id, purchases.order_id
            )
        ) as net_revenue
    from purchases
    left join order_products
        on
            purchases.company_id = order_products.company_id
            and purchases.order_id = order_products.order_id
),

-- A shop does not tell what was in the checkouts that were left.
carts as (
    select
        company_id,
        cart_id,
        created_date,
        order_id
    from {{ ref('carts') }}
    where {{ is_in_scope() }} and source_slug = 'files'
),

filled as (
    select
        carts.company_id,
        carts.created_date as calendar_date,
        cart_lines.product_id,
        carts.order_id
    from carts
    inner join {{ ref('cart_lines') }} as cart_lines
        on
            carts.company_id = cart_lines.company_id
            and carts.cart_id = cart_lines.cart_id
    where {{ is_in_scope('cart_lines.company_id') }}
),

unioned as (
    select
        company_id,
        calendar_date,
        product_id,
        1 as purchase_count,
        net_revenue,
        0 as cart_count,
        0 as converted_cart_count
    from sold
    union all
    select
        company_id,
        calendar_date,
        product_id,
        0 as purchase_count,
        0 as net_revenue,
        1 as cart_count,
        (order_id is not null)::integer as converted_cart_count
    from filled
),

summed as (
    select
        unioned.company_id,
        unioned.calendar_date,
        unioned.product_id,
        companies.currency_code,
        sum(unioned.purchase_count)::integer as purchase_count,
        sum(unioned.net_revenue)::numeric(24, 6) as net_revenue,
        sum(unioned.cart_count)::integer as cart_count,
        sum(unioned.converted_cart_count)::integer as converted_cart_count
    from unioned
    inner join companies
        on unioned.company_id = companies.company_id
    group by
        unioned.company_id,
        unioned.calendar_date,
        unioned.product_id,
        companies.currency_code
)

select * from summed
