with orders as (
    select * from {{ ref('int_orders_deduplicated') }}
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
        orders.*,
        companies.company_currency_code,
        -- A day without a time is midnight in the company's zone, or in UTC
        -- when the file was read without one.
        case
            when
                orders.is_date_only
                and orders.ordered_at
                = date_trunc('day', orders.ordered_at, 'UTC')
                then (orders.ordered_at at time zone 'UTC')::date
            else (orders.ordered_at at time zone companies.time_zone)::date
        end as order_date
    from orders
    inner join companies
        on orders.company_id = companies.company_id
),

rated as (
    select
        dated.*,
        (case
            when dated.currency_code = dated.company_currency_code then 1
            else rates.rate
        end)::numeric(24, 12) as currency_rate
    from dated
    left join rates
        on
            dated.company_id = rates.company_id
            and dated.currency_code = rates.currency_code
            and dated.order_date = rates.rate_date
),

judged as (
    select
        *,
        ordered_at > loaded_at + interval '1 day' as is_future,
        -- Less than nothing was charged or paid back, or more than a row of
        -- a file may say: that is no money, and no total could hold it.
        least(
            gross_revenue - discount_amount, discount_amount, refund_amount
        ) < 0
        or greatest(1, currency_rate) * greatest(
            gross_revenue,
            refund_amount,
            abs(tax_amount),
            abs(shipping_amount)
        ) >= 1e13 as is_impossible
    from rated
),

-- What an amount is multiplied by, to be the company's and to be its own.
bounded as (
    select
        *,
        case
            when is_impossible then 0 else coalesce(currency_rate, 1)
        end as company_rate,
        case when is_impossible then 0 else 1 end as original_rate
    from judged
),

-- Cents first: what is rounded apart must still add up.
converted as (
    select
        company_id,
        order_id,
        source_slug,
        source_contract,
        source_order_id,
        customer_id,
        ordered_at,
        order_date,
        case
            when currency_rate is null then currency_code
            else company_currency_code
        end as currency_code,
        round(gross_revenue * company_rate, 2)::numeric(18, 2) as gross_revenue,
        round(discount_amount * company_rate, 2)
        ::numeric(18, 2) as discount_amount,
        round(refund_amount * company_rate, 2)::numeric(18, 2) as refund_amount,
        round(tax_amount * company_rate, 2)::numeric(18, 2) as tax_amount,
        round(shipping_amount * company_rate, 2)
        ::numeric(18, 2) as shipping_amount,
        -- A ledger is rounded as a whole; of a log, what was given back is
        -- taken off what was charged.
        {%- for part in ('tax_amount', 'shipping_amount') %}
            (case
                when source_contract = 'purchases'
                    then round(
                        round({{ part }} * company_rate, 2)
                        - ({{ part }} - kept_{{ part }}) * company_rate, 2
                    )
                else round(kept_{{ part }} * company_rate, 2)
            end)::numeric(18, 2) as kept_{{ part }},
        {%- endfor %}
        is_tax_told,
        round(payment_fee * company_rate, 2)::numeric(18, 2) as payment_fee,
        currency_code as original_currency_code,
        round(gross_revenue * original_rate, 2)
        ::numeric(18, 2) as original_gross_revenue,
        (
            round(gross_revenue * original_rate, 2)
            - round(discount_amount * original_rate, 2)
            - round(refund_amount * original_rate, 2)
        )::numeric(18, 2) as original_net_revenue,
        currency_rate,
        payment_method,
        is_recognised
        and not is_future
        and not is_impossible as is_recognised,
        is_cancelled,
        is_refunded,
        is_completed,
        is_test,
        is_deleted,
        is_future,
        is_impossible,
        paid_at,
        completed_at,
        cancelled_at,
        channel_id,
        campaign_name,
        region_code,
        comuna_code,
        file_name,
        line_number,
        loaded_at
    from bounded
)

select * from converted
