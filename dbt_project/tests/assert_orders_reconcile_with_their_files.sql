-- Every order of every current file is in marts.orders exactly once, and the
-- mart tells it as the file that was exported last does, to the cent. A row is
-- an order that got lost, came from nowhere or changed its amount.
with told_by_files as (
    select
        company_id,
        order_id,
        file_name,
        round(gross_revenue, 2) as gross_revenue,
        first_value(file_name) over (
            partition by company_id, order_id
            order by exported_at desc, file_name desc
        ) as last_file_name
    from {{ ref('int_orders_unioned') }}
    where {{ is_in_scope() }}
),

not_superseded as (
    select * from told_by_files
    where file_name = last_file_name
),

orders as (
    select
        company_id,
        order_id,
        file_name,
        gross_revenue
    from {{ ref('orders') }}
    where {{ is_in_scope() }}
),

compared as (
    select
        coalesce(orders.company_id, not_superseded.company_id) as company_id,
        coalesce(orders.order_id, not_superseded.order_id) as order_id,
        not_superseded.file_name as told_by_file,
        not_superseded.gross_revenue as told_revenue,
        orders.file_name as kept_file,
        orders.gross_revenue as kept_revenue
    from not_superseded
    full outer join orders
        on
            not_superseded.company_id = orders.company_id
            and not_superseded.order_id = orders.order_id
)

select * from compared
where
    told_by_file is distinct from kept_file
    or told_revenue is distinct from kept_revenue
