{#- Whether all that was given back tells the taxes and shipping in it. -#}
{%- set is_told_back -%}
    bool_or(amount < 0 or refunded_amount > 0 or moved_amount is not null)
    and coalesce(
        bool_and(amount < 0 and tells_parts)
            filter (where amount < 0 or refunded_amount > 0), true
    )
    and coalesce(bool_and(moved_tells_parts), true)
{%- endset -%}

with identified as (
    select * from {{ ref('int_purchases_identified') }}
),

moved as (
    select * from {{ ref('int_purchase_returns_moved') }}
),

lines as (
    select
        identified.*,
        moved.amount as moved_amount,
        moved.tax_amount as moved_tax_amount,
        moved.shipping_amount as moved_shipping_amount,
        moved.tells_parts as moved_tells_parts
    from identified
    left join moved
        on
            identified.company_id = moved.company_id
            and identified.file_sha256 = moved.file_sha256
            and identified.order_id = moved.order_id
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
            + coalesce(max(moved_amount), 0)
        )::numeric(24, 6) as refund_amount,
        {%- for part in ('tax_amount', 'shipping_amount') %}
            coalesce(sum({{ part }}) filter (where amount >= 0), 0)
            ::numeric(24, 6) as {{ part }},
            case
                when {{ is_told_back }}
                    then
                        coalesce(sum({{ part }}), 0)
                        + coalesce(max(moved_{{ part }}), 0)
            end::numeric(24, 6) as kept_{{ part }},
        {%- endfor %}
        bool_and(is_tax_told) as is_tax_told,
        sum(payment_fee)::numeric(24, 6) as payment_fee,
        coalesce(
            max(amount) < 0 and max(moved_amount) = sum(amount), false
        ) as is_moved,
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
