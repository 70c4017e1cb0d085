with transactions as (
    select * from {{ ref('stg_shopify__order_transactions') }}
    where kind in ('sale', 'capture') and status = 'success'
),

paid as (
    select
        company_id,
        order_id,
        min(processed_at) as paid_at,
        (
            array_agg(
                gateway
                order by amount desc, processed_at asc, transaction_id asc
            )
        )[1] as payment_method
    from transactions
    group by company_id, order_id
)

select * from paid
