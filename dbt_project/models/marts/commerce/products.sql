with lines as (
    select
        company_id,
        product_id,
        product_name,
        product_kind,
        product_category,
        row_number() over (
            partition by company_id, product_id
            order by loaded_at desc, order_id desc, line_id desc
        ) as recency_rank
    from {{ ref('int_order_lines_unioned') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('company_id') }}
        and product_id is not null
),

products as (
    select
        company_id,
        product_id,
        coalesce(product_name, product_id) as name, -- noqa: RF04
        product_kind as kind,
        product_category as category
    from lines
    where recency_rank = 1
)

select * from products
