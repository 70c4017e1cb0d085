with companies as (
    select
        company_id,
        currency_code
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

entries as (
    select
        entries.company_id,
        entries.entry_date,
        entries.order_id,
        entries.entry_type,
        entries.change_type,
        entries.amount,
        entries.currency_code
    from {{ ref('revenue_entries') }} as entries
    -- Amounts of an order without a rate are in no entry.
    inner join companies
        on
            entries.company_id = companies.company_id
            and entries.currency_code = companies.currency_code
    where
        {{ is_in_scope('entries.company_id') }}
        and {{ is_changed('entries.entry_date', 'entries.company_id') }}
),

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
            (
                'total_sales',
                "'sale', 'discount', 'refund', 'shipping', 'tax', 'duty',"
                ~ " 'fee', 'additional_fee'"
            ),
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
        min(currency_code) as currency_code
    from entries
    group by company_id, entry_date
)

select * from summed
