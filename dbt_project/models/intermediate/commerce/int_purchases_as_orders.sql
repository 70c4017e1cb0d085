with purchases as (
    select * from {{ ref('stg_files__purchases') }}
),

files as (
    select * from {{ ref('int_files_current') }}
),

returns as (
    select * from {{ ref('int_purchase_returns_matched') }}
),

numbered as (
    select
        purchases.*,
        files.file_name,
        files.exported_at,
        {{ purchase_order_id('purchases', 'files') }} as order_id
    from purchases
    inner join files
        on
            purchases.company_id = files.company_id
            and purchases.file_sha256 = files.file_sha256
),

lines as (
    select
        numbered.company_id,
        coalesce(returns.matched_order_id, numbered.order_id) as order_id,
        case
            when returns.order_id is null then numbered.purchase_id
        end as purchase_id,
        numbered.file_sha256,
        numbered.file_name,
        numbered.exported_at,
        numbered.line_number,
        numbered.customer_id,
        numbered.purchased_at,
        numbered.is_date_only,
        numbered.amount,
        numbered.currency_code,
        numbered.loaded_at
    from numbered
    left join returns
        on
            numbered.company_id = returns.company_id
            and numbered.file_sha256 = returns.file_sha256
            and numbered.order_id = returns.order_id
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
