with payments as (
    select * from {{ ref('int_marketplace_payments_current') }}
),

rules as (
    select * from {{ ref('marketplace_payment_rules') }}
),

-- A number that an order has twice may be two payments: no money is dropped.
numbered as (
    select
        *,
        row_number() over (
            partition by company_id, order_id, payment_id
            order by line_number
        ) as copy_number
    from payments
),

classified as (
    select
        numbered.company_id,
        'marketplace/' || numbered.order_id || '/' || numbered.payment_id
        || case
            when numbered.copy_number = 1 then ''
            else '#' || numbered.copy_number
        end as payment_id,
        'marketplace/' || numbered.order_id as order_id,
        numbered.paid_at,
        numbered.payment_method,
        coalesce(rules.meaning, 'pending') as status,
        numbered.amount,
        numbered.currency_code,
        numbered.line_number
    from numbered
    left join rules
        on {{ channel_alias('numbered.payment_status') }} = rules.payment_status
)

select * from classified
