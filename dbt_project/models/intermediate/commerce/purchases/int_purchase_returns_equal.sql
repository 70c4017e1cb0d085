with orders as (
    select * from {{ ref('int_purchase_log_orders') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by
                company_id, customer_id, currency_code, amount, is_return
            order by purchased_at, order_id
        ) as rank_of_amount
    from orders
),

-- The n-th return of an amount stands beside the n-th purchase of this amount.
paired as (
    select
        company_id,
        order_id,
        is_return,
        amount,
        lag(order_id) over (
            partition by
                company_id, customer_id, currency_code, amount, rank_of_amount
            order by purchased_at, is_return, order_id
        ) as matched_order_id
    from numbered
),

matched as (
    select
        company_id,
        order_id,
        matched_order_id,
        amount
    from paired
    where is_return and matched_order_id is not null
)

select * from matched
