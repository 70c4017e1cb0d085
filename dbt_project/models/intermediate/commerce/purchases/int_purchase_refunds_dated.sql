with lines as (
    select * from {{ ref('int_purchases_identified') }}
    where amount < 0 or refunded_amount > 0
),

returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

shared_out as (
    select distinct
        company_id,
        file_sha256,
        order_id
    from returns
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('stg_ops__companies') }}
),

-- A return of its own is a refund of what it was taken off.
told as (
    select
        lines.company_id,
        lines.order_id,
        'line ' || lines.line_number as refund_id,
        lines.file_name,
        lines.purchased_at as refunded_at,
        lines.is_date_only,
        lines.amount < 0 as is_row,
        -- Where the file says what was given back and not when, it counts with
        -- the purchase.
        case
            when lines.amount < 0 then -lines.amount else lines.refunded_amount
        end as refund_amount,
    {%- for part in ('tax_amount', 'shipping_amount') %}
        case
            when lines.amount < 0 and lines.tells_parts
                then -coalesce(lines.{{ part }}, 0)
        end as {{ part }}{{ ',' if not loop.last }}
    {%- endfor %}
    from lines
    left join shared_out
        on
            lines.company_id = shared_out.company_id
            and lines.file_sha256 = shared_out.file_sha256
            and lines.order_id = shared_out.order_id
    where shared_out.order_id is null
    union all
    select
        company_id,
        matched_order_id as order_id,
        refund_id,
        matched_file_name as file_name,
        refunded_at,
        is_date_only,
        true as is_row,
        amount as refund_amount,
        tax_amount,
        shipping_amount
    from returns
),

dated as (
    select
        told.company_id,
        told.order_id,
        told.refund_id,
        told.file_name,
        told.refunded_at,
        -- As for orders: midnight in UTC is a day read without a time zone.
        case
            when
                told.is_date_only
                and told.refunded_at
                = date_trunc('day', told.refunded_at, 'UTC')
                then (told.refunded_at at time zone 'UTC')::date
            else (told.refunded_at at time zone companies.time_zone)::date
        end as refund_date,
        told.is_row,
        told.refund_amount,
        -- Told of all that was given back of an order, or of none of it.
    {%- for part in ('tax_amount', 'shipping_amount') %}
        case
            when bool_and(told.{{ part }} is not null) over (
                partition by
                    told.company_id, told.file_name, told.order_id
                ) then told.{{ part }}
        end as {{ part }}{{ ',' if not loop.last }}
    {%- endfor %}
    from told
    inner join companies
        on told.company_id = companies.company_id
)

select * from dated
