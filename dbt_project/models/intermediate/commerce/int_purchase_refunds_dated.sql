with lines as (
    select * from {{ ref('int_purchases_identified') }}
    where amount < 0 or refunded_amount > 0
),

returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

dated as (
    select
        lines.company_id,
        coalesce(returns.matched_order_id, lines.order_id) as order_id,
        'line ' || lines.line_number as refund_id,
        lines.file_name,
        lines.purchased_at as refunded_at,
        -- As for orders: midnight in UTC is a day read without a time zone.
        case
            when
                lines.is_date_only
                and lines.purchased_at
                = date_trunc('day', lines.purchased_at, 'UTC')
                then (lines.purchased_at at time zone 'UTC')::date
            else (lines.purchased_at at time zone companies.time_zone)::date
        end as refund_date,
        -- Where the file says what was given back and not when, it counts with
        -- the purchase.
        case
            when lines.amount < 0 then -lines.amount else lines.refunded_amount
        end as refund_amount,
        -- Told of all that was given back of an order, or of none of it.
    {%- for part in ('tax_amount', 'shipping_amount') %}
        case
            when bool_and(lines.amount < 0 and lines.tells_parts) over (
                partition by
                    lines.company_id,
                    lines.file_name,
                    coalesce(returns.matched_order_id, lines.order_id)
                ) then -coalesce(lines.{{ part }}, 0)
        end as {{ part }}{{ ',' if not loop.last }}
    {%- endfor %}
    from lines
    inner join companies
        on lines.company_id = companies.company_id
    left join returns
        on
            lines.company_id = returns.company_id
            and lines.file_sha256 = returns.file_sha256
            and lines.order_id = returns.order_id
)

select * from dated
