with orders as (
    select * from {{ ref('int_orders_unioned') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by company_id, order_id
            order by
                (source_slug = 'files') asc,
                exported_at desc,
                file_name desc
        ) as recency_rank
    from orders
),

deduplicated as (
    select
        {{ order_columns() }},
        {{ order_origin_columns() }}
    from ranked
    where recency_rank = 1 and not is_moved
)

select * from deduplicated
