with days as (
    select * from {{ ref('service_days') }}
),

products as (
    select * from {{ ref('products') }}
),

labelled as (
    select
        days.company_id,
        days.calendar_date,
        days.product_id,
        coalesce(
            products.name,
            nullif(regexp_replace(days.product_id, '^[^/]+/', ''), 'unknown')
        ) as product_name,
        products.kind as product_kind,
        products.category as product_category,
        days.currency_code,
        days.purchase_count,
        days.net_revenue::numeric(18, 2) as net_revenue,
        days.cart_count,
        days.converted_cart_count,
        days.converted_cart_count::double precision
        / nullif(days.cart_count, 0) as cart_conversion_rate
    from days
    left join products
        on
            days.company_id = products.company_id
            and days.product_id = products.product_id
)

select * from labelled
