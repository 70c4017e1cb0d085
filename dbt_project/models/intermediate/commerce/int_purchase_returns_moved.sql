with returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

moves as (
    select
        company_id,
        file_sha256,
        order_id,
        -amount as amount
    from returns
    union all
    select
        company_id,
        matched_file_sha256 as file_sha256,
        matched_order_id as order_id,
        amount
    from returns
),

moved as (
    select
        company_id,
        file_sha256,
        order_id,
        sum(amount) as amount
    from moves
    group by company_id, file_sha256, order_id
)

select * from moved
