with returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

moves as (
    select
        company_id,
        file_sha256,
        order_id,
        -amount as amount,
        tax_amount,
        shipping_amount,
        tax_amount is not null as tells_parts
    from returns
    union all
    select
        company_id,
        matched_file_sha256 as file_sha256,
        matched_order_id as order_id,
        amount,
        -tax_amount as tax_amount,
        -shipping_amount as shipping_amount,
        tax_amount is not null as tells_parts
    from returns
),

moved as (
    select
        company_id,
        file_sha256,
        order_id,
        sum(amount) as amount,
        coalesce(sum(tax_amount), 0) as tax_amount,
        coalesce(sum(shipping_amount), 0) as shipping_amount,
        bool_and(tells_parts) as tells_parts
    from moves
    group by company_id, file_sha256, order_id
)

select * from moved
