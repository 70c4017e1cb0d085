{#- Whether all that was given back tells the taxes and shipping in it. -#}
{%- set is_told_back -%}
    bool_and(amount < 0 and tells_parts)
        filter (where amount < 0 or refunded_amount > 0)
{%- endset -%}

with identified as (
    select * from {{ ref('int_purchases_identified') }}
),

returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

lines as (
    select
        identified.company_id,
        coalesce(returns.matched_order_id, identified.order_id) as order_id,
        case
            when returns.order_id is null then identified.purchase_id
        end as purchase_id,
        identified.file_sha256,
        identified.file_name,
        identified.exported_at,
        identified.line_number,
        identified.customer_id,
        identified.purchased_at,
        identified.is_date_only,
        identified.amount,
        identified.refunded_amount,
        identified.tax_amount,
        identified.shipping_amount,
        identified.tells_parts,
        identified.is_tax_told,
        identified.status,
        identified.is_counted,
        identified.currency_code,
        identified.loaded_at
    from identified
    left join returns
        on
            identified.company_id = returns.company_id
            and identified.file_sha256 = returns.file_sha256
            and identified.order_id = returns.order_id
),

summed as (
    select
        company_id,
        order_id,
        min(purchase_id) as source_order_id,
        file_sha256,
        min(file_name) as file_name,
        coalesce(
            min(line_number) filter (where amount >= 0), min(line_number)
        ) as line_number,
        (
            array_agg(customer_id order by line_number)
            filter (where customer_id is not null)
        )[1] as customer_id,
        -- XXX is ISO 4217 for "no currency": unlike currencies do not add up.
        case
            when min(currency_code) = max(currency_code) then min(currency_code)
            else 'XXX'
        end as currency_code,
        coalesce(sum(amount) filter (where amount >= 0), 0)
        ::numeric(24, 6) as gross_revenue,
        0::numeric(24, 6) as discount_amount,
        (
            coalesce(-sum(amount) filter (where amount < 0), 0)
            + coalesce(sum(refunded_amount), 0)
        )::numeric(24, 6) as refund_amount,
        {%- for part in ('tax_amount', 'shipping_amount') %}
            coalesce(sum({{ part }}) filter (where amount >= 0), 0)
            ::numeric(24, 6) as {{ part }},
            case
                when {{ is_told_back }} then coalesce(sum({{ part }}), 0)
            end::numeric(24, 6) as kept_{{ part }},
        {%- endfor %}
        bool_and(is_tax_told) as is_tax_told,
        null::text as payment_method,
        bool_or(is_date_only) as is_date_only,
        bool_and(is_counted) as is_recognised,
        coalesce(bool_or(status = 'cancelled'), false) as is_cancelled,
        false as is_refunded,
        false as is_completed,
        -- A credit note has only money that was given back.
        coalesce(
            min(purchased_at) filter (where amount >= 0), min(purchased_at)
        ) as ordered_at,
        min(purchased_at) filter (where amount >= 0 and is_counted) as paid_at,
        null::timestamptz as completed_at,
        null::timestamptz as cancelled_at,
        min(exported_at) as exported_at,
        max(loaded_at) as loaded_at
    from lines
    group by company_id, file_sha256, order_id
)

select * from summed
