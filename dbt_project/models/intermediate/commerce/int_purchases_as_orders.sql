with purchases as (
    select * from {{ ref('stg_files__purchases') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

lines as (
    select
        purchases.company_id,
        'purchases/' || coalesce(
            purchases.purchase_id,
            files.file_name || '#' || purchases.line_number
        ) as order_id,
        purchases.purchase_id,
        files.file_sha256,
        files.file_name,
        files.exported_at,
        purchases.line_number,
        purchases.customer_id,
        purchases.purchased_at,
        purchases.is_date_only,
        purchases.amount,
        purchases.currency_code,
        purchases.loaded_at
    from purchases
    inner join files
        on
            purchases.company_id = files.company_id
            and purchases.file_sha256 = files.file_sha256
),

summed as (
    select
        company_id,
        order_id,
        min(purchase_id) as source_order_id,
        file_sha256,
        min(file_name) as file_name,
        min(line_number) as line_number,
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
        coalesce(-sum(amount) filter (where amount < 0), 0)
        ::numeric(24, 6) as refund_amount,
        0::numeric(24, 6) as tax_amount,
        0::numeric(24, 6) as shipping_amount,
        null::text as payment_method,
        bool_or(is_date_only) as is_date_only,
        true as is_recognised,
        false as is_cancelled,
        false as is_refunded,
        false as is_completed,
        -- A credit note has only money that was given back.
        coalesce(
            min(purchased_at) filter (where amount >= 0), min(purchased_at)
        ) as ordered_at,
        min(purchased_at) filter (where amount >= 0) as paid_at,
        null::timestamptz as completed_at,
        null::timestamptz as cancelled_at,
        min(exported_at) as exported_at,
        max(loaded_at) as loaded_at
    from lines
    group by company_id, file_sha256, order_id
)

select * from summed
