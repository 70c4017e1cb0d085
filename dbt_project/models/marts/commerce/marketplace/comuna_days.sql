with orders as (
    select
        company_id,
        order_date,
        status,
        coalesce(comuna_code, 'unknown') as comuna_code
    from {{ ref('orders') }}
    where
        {{ is_in_scope() }}
        and status in ('paid', 'completed', 'cancelled')
),

counted as (
    select
        company_id,
        order_date as calendar_date,
        comuna_code,
        count(*)::integer as order_count,
        (count(*) filter (where status = 'cancelled'))::integer
            as cancelled_order_count
    from orders
    group by company_id, order_date, comuna_code
)

select * from counted
