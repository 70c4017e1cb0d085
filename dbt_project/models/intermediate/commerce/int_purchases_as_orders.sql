with identified as (
    select * from {{ ref('int_purchases_identified') }}
),

moved as (
    select * from {{ ref('int_purchase_returns_moved') }}
),

lines as (
    select
        identified.*,
        moved.amount as moved_amount
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
        coalesce(
            max(amount) < 0 and max(moved_amount) = sum(amount), false
        ) as is_moved,
        0::numeric(24, 6) as tax_amount,
        0::numeric(24, 6) as shipping_amount,
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
