with orders as (
    select
        company_id,
        order_id,
        created_at,
        updated_at
    from {{ ref('stg_shopify__orders') }}
),

listed_orders as (
    select
        company_id,
        order_id
    from {{ ref('stg_shopify__order_ids') }}
),

slices as (
    select
        company_id,
        slice_date,
        read_at
    from {{ ref('stg_shopify__slices') }}
    where stream_name = 'order_ids'
),

shops as (
    select
        company_id,
        time_zone,
        row_number() over (
            partition by company_id order by read_at desc, shop_id desc
        ) as recency_rank
    from {{ ref('stg_shopify__shop') }}
),

dated as (
    select
        orders.*,
        (orders.created_at at time zone shops.time_zone)::date as created_date
    from orders
    inner join shops
        on
            orders.company_id = shops.company_id
            and shops.recency_rank = 1
),

-- Shopify's search index lags a few minutes behind: an order it had only just
-- heard of may be missing from a list and exist all the same.
expected_orders as (
    select
        dated.company_id,
        dated.order_id,
        slices.read_at
    from dated
    inner join slices
        on
            dated.company_id = slices.company_id
            and dated.created_date = slices.slice_date
    where
        greatest(dated.created_at, dated.updated_at)
        < slices.read_at - interval '10 minutes'
),

deleted as (
    select
        expected_orders.company_id,
        expected_orders.order_id,
        expected_orders.read_at as missed_at
    from expected_orders
    left join listed_orders
        on
            expected_orders.company_id = listed_orders.company_id
            and expected_orders.order_id = listed_orders.order_id
    where listed_orders.order_id is null
)

select * from deleted
