with days as (
    select
        company_id,
        calendar_date,
        payment_method,
        currency_code,
        purchase_count,
        net_revenue
    from {{ ref('payment_method_days') }}
)

select * from days
