with order_lines as (
    select * from {{ ref('stg_files__shopify_order_lines') }}
),

files as (
    select
        company_id,
        file_sha256,
        file_name,
        exported_at
    from {{ ref('int_files_current') }}
),

rules as (
    select * from {{ ref('shopify_recognition_rules') }}
),

order_rows as (
    select
        order_lines.*,
        row_number() over (
            partition by
                order_lines.company_id,
                order_lines.file_sha256,
                order_lines.order_id
            order by order_lines.line_number
        ) as row_number_in_order
    from order_lines
    where order_lines.is_order_row
),

assembled as (
    select
        order_rows.company_id,
        'shopify/' || order_rows.order_id as order_id,
        files.file_sha256,
        files.file_name,
        order_rows.line_number,
        encode(
            sha256(
                convert_to(
                    coalesce(order_rows.email, order_rows.phone_digits), 'UTF8'
                )
            ),
            'hex'
        ) as customer_id,
        order_rows.currency_code,
        (order_rows.total + coalesce(order_rows.discount_amount, 0))
        ::numeric(24, 6) as gross_revenue,
        coalesce(order_rows.discount_amount, 0)
        ::numeric(24, 6) as discount_amount,
        coalesce(order_rows.refunded_amount, 0)
        ::numeric(24, 6) as refund_amount,
        false as is_date_only,
        -- A status nobody wrote a rule for is not revenue until somebody does.
        coalesce(
            case
                when order_rows.fulfillment_status = 'fulfilled'
                    then rules.is_recognised_when_fulfilled
                else rules.is_recognised_otherwise
            end,
            false
        )
        and order_rows.cancelled_at is null as is_recognised,
        order_rows.cancelled_at is not null as is_cancelled,
        order_rows.financial_status = 'refunded' as is_refunded,
        order_rows.created_at as ordered_at,
        files.exported_at,
        order_rows.loaded_at
    from order_rows
    inner join files
        on
            order_rows.company_id = files.company_id
            and order_rows.file_sha256 = files.file_sha256
    left join rules
        on order_rows.financial_status = rules.financial_status
    where order_rows.row_number_in_order = 1
)

select * from assembled
