with days as (
    select * from {{ ref('sales_days') }}
    where {{ is_in_scope() }}
),

months as (
    select
        company_id,
        date_trunc('month', calendar_date)::date as month_start_date,
        {%- for name in (
            'gross_sales', 'discount_amount', 'returned_amount', 'net_sales',
            'shipping_amount', 'tax_amount', 'duty_amount', 'fee_amount',
            'total_sales', 'tip_amount', 'gift_card_amount', 'payment_fee',
            'fee_told_sales',
        ) %}
            sum({{ name }})::numeric(18, 2) as {{ name }},
        {%- endfor %}
        sum(order_count)::integer as order_count,
        sum(fee_told_order_count)::integer as fee_told_order_count,
        bool_or(has_told_tax) as has_told_tax,
        bool_or(has_untold_tax) as has_untold_tax,
        min(currency_code) as currency_code
    from days
    group by company_id, date_trunc('month', calendar_date)
),

-- Goods without any tax in a whole month are told with it in their price.
judged as (
    select
        company_id,
        month_start_date,
        gross_sales,
        discount_amount,
        returned_amount,
        net_sales,
        shipping_amount,
        tax_amount,
        duty_amount,
        fee_amount,
        total_sales,
        tip_amount,
        gift_card_amount,
        order_count,
        payment_fee,
        fee_told_sales,
        fee_told_order_count,
        currency_code,
        case
            when tax_amount = 0 and not has_told_tax then 'not_told'
            when has_untold_tax then 'mixed'
            else 'excluded'
        end as tax_basis
    from months
)

select * from judged
