-- An order has entries once its amounts are in the company's currency, so there
-- is only one.
with entries as (
    select
        company_id,
        entry_date,
        order_id,
        entry_type,
        change_type,
        is_tax_told,
        amount,
        currency_code,
        payment_fee
    from {{ ref('revenue_entries') }}
    where {{ is_in_scope() }} and {{ is_changed('entry_date') }}
),

{% set charged -%}
    'sale', 'discount', 'refund', 'shipping', 'tax', 'duty', 'fee',
    'additional_fee'
{%- endset -%}

summed as (
    select
        company_id,
        entry_date as calendar_date,
        {%- for name, types in (
            ('gross_sales', "'sale'"),
            ('discount_amount', "'discount'"),
            ('returned_amount', "'refund'"),
            ('net_sales', "'sale', 'discount', 'refund'"),
            ('shipping_amount', "'shipping'"),
            ('tax_amount', "'tax'"),
            ('duty_amount', "'duty'"),
            ('fee_amount', "'fee', 'additional_fee'"),
            ('total_sales', charged),
            ('tip_amount', "'tip'"),
            ('gift_card_amount', "'gift_card'"),
        ) %}
            coalesce(
                sum(amount) filter (where entry_type in ({{ types }})), 0
            )::numeric(18, 2) as {{ name }},
        {%- endfor %}
        count(distinct order_id) filter (
            where entry_type = 'sale' and change_type = 'order'
        )::integer as order_count,
        coalesce(sum(payment_fee), 0)::numeric(18, 2) as payment_fee,
        coalesce(sum(amount) filter (
            where payment_fee is not null and entry_type in ({{ charged }})
        ), 0)::numeric(18, 2) as fee_told_sales,
        count(distinct order_id) filter (
            where
            payment_fee is not null
            and entry_type = 'sale' and change_type = 'order'
        )::integer as fee_told_order_count,
        coalesce(bool_or(is_tax_told), false) as has_told_tax,
        not coalesce(bool_and(is_tax_told), true) as has_untold_tax,
        min(currency_code) as currency_code
    from entries
    group by company_id, entry_date
)

select * from summed
