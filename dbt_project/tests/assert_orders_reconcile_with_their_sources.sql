-- Every order of every source is in marts.orders exactly once, and the mart
-- tells it as the API does, else as the file that was exported last, to the
-- cent, unless its amount cannot be. A row is an order that got lost, came from
-- nowhere or changed its amount.
with told_by_sources as (
    select
        company_id,
        order_id,
        coalesce(file_name, source_slug) as teller,
        round(gross_revenue, 2) as gross_revenue,
        is_moved,
        first_value(coalesce(file_name, source_slug)) over (
            partition by company_id, order_id
            order by
                (source_slug = 'files') asc,
                exported_at desc,
                file_name desc
        ) as last_teller
    from {{ ref('int_orders_unioned') }}
    where {{ is_in_scope() }}
),

not_superseded as (
    select * from told_by_sources
    where teller = last_teller and not is_moved
),

orders as (
    select
        company_id,
        order_id,
        coalesce(file_name, source_slug) as teller,
        original_gross_revenue as gross_revenue,
        coalesce(exclusion_reason = 'impossible_amount', false)
            as is_impossible
    from {{ ref('orders') }}
    where {{ is_in_scope() }}
),

compared as (
    select
        coalesce(orders.company_id, not_superseded.company_id) as company_id,
        coalesce(orders.order_id, not_superseded.order_id) as order_id,
        not_superseded.teller as told_by,
        not_superseded.gross_revenue as told_revenue,
        orders.teller as kept_teller,
        orders.gross_revenue as kept_revenue,
        orders.is_impossible
    from not_superseded
    full outer join orders
        on
            not_superseded.company_id = orders.company_id
            and not_superseded.order_id = orders.order_id
)

select * from compared
where
    told_by is distinct from kept_teller
    or not is_impossible and told_revenue is distinct from kept_revenue
