with refunds as (
    select
        company_id,
        refund_id,
        order_id,
        currency_code,
        total_refunded,
        created_at
    from {{ ref('stg_shopify__order_refunds') }}
    -- A refund may exist without money having moved.
    where has_transactions
),

orders as (
    select
        company_id,
        order_id,
        currency_code
    from {{ ref('stg_shopify__orders') }}
),

companies as (
    select
        company_id,
        currency_code as company_currency_code,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

rates as (
    select * from {{ ref('int_currency_rates_filled') }}
),

dated as (
    select
        refunds.company_id,
        refunds.refund_id,
        refunds.order_id,
        coalesce(refunds.currency_code, orders.currency_code)
            as refund_currency_code,
        orders.currency_code,
        companies.company_currency_code,
        refunds.total_refunded,
        refunds.created_at as refunded_at,
        (refunds.created_at at time zone companies.time_zone)::date
            as refund_date
    from refunds
    inner join orders
        on
            refunds.company_id = orders.company_id
            and refunds.order_id = orders.order_id
    inner join companies
        on refunds.company_id = companies.company_id
),

-- Over the company's currency, the only one that rates are known in.
rated as (
    select
        dated.*,
        case
            when dated.refund_currency_code = dated.currency_code then 1
            when dated.refund_currency_code = dated.company_currency_code
                then 1 / order_rates.rate
            when dated.currency_code = dated.company_currency_code
                then refund_rates.rate
            else refund_rates.rate / order_rates.rate
        end as rate
    from dated
    left join rates as refund_rates
        on
            dated.company_id = refund_rates.company_id
            and dated.refund_currency_code = refund_rates.currency_code
            and dated.refund_date = refund_rates.rate_date
    left join rates as order_rates
        on
            dated.company_id = order_rates.company_id
            and dated.currency_code = order_rates.currency_code
            and dated.refund_date = order_rates.rate_date
),

converted as (
    select
        company_id,
        refund_id,
        order_id,
        refunded_at,
        (total_refunded * coalesce(rate, 1))::numeric(24, 6) as refund_amount,
        rate is null as is_rate_missing
    from rated
)

select * from converted
