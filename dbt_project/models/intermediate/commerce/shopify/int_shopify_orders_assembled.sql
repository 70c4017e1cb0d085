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

api_orders as (
    select
        company_id,
        order_id,
        order_name,
        created_at
    from {{ ref('stg_shopify__orders') }}
),

customers as (
    select
        company_id,
        email_hash,
        customer_id
    from {{ ref('int_shopify_customers_matched') }}
),

order_rows as (
    select
        order_lines.*,
        api_orders.order_id as api_order_id,
        row_number() over (
            partition by
                order_lines.company_id,
                order_lines.file_sha256,
                order_lines.order_id
            order by order_lines.line_number, api_orders.order_id
        ) as row_number_in_order
    from order_lines
    -- An export without ids names its orders. Two shops of a company may use
    -- the same name, hence the day.
    left join api_orders
        on
            order_lines.company_id = api_orders.company_id
            and order_lines.order_id = api_orders.order_name
            and order_lines.created_at
            between api_orders.created_at - interval '1 day'
            and api_orders.created_at + interval '1 day'
    where order_lines.is_order_row
),

assembled as (
    select
        order_rows.company_id,
        'shopify/'
        || coalesce(order_rows.api_order_id, order_rows.order_id) as order_id,
        order_rows.order_id as source_order_id,
        files.file_sha256,
        files.file_name,
        order_rows.line_number,
        coalesce('shopify/' || customers.customer_id, order_rows.buyer_hash)
            as customer_id,
        order_rows.currency_code,
        (order_rows.total + coalesce(order_rows.discount_amount, 0))
        ::numeric(24, 6) as gross_revenue,
        coalesce(order_rows.discount_amount, 0)
        ::numeric(24, 6) as discount_amount,
        coalesce(order_rows.refunded_amount, 0)
        ::numeric(24, 6) as refund_amount,
        coalesce(order_rows.taxes, 0)::numeric(24, 6) as tax_amount,
        -- Taxes are in the prices when the total comes out nearer without them.
        coalesce({{ shipping_without_tax(
            'order_rows.shipping', 'coalesce(order_rows.taxes, 0)',
            'order_rows.total',
            'abs(order_rows.total - order_rows.subtotal - order_rows.shipping)'
            ~ ' < abs(order_rows.total - order_rows.subtotal'
            ~ ' - order_rows.shipping - order_rows.taxes)'
        ) }}, 0)::numeric(24, 6) as shipping_amount,
        order_rows.payment_method,
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
        order_rows.fulfillment_status = 'fulfilled' as is_completed,
        order_rows.created_at as ordered_at,
        order_rows.paid_at,
        order_rows.fulfilled_at as completed_at,
        order_rows.cancelled_at,
        files.exported_at,
        order_rows.loaded_at
    from order_rows
    inner join files
        on
            order_rows.company_id = files.company_id
            and order_rows.file_sha256 = files.file_sha256
    left join rules
        on order_rows.financial_status = rules.financial_status
    left join customers
        on
            order_rows.company_id = customers.company_id
            and order_rows.buyer_hash = customers.email_hash
    where order_rows.row_number_in_order = 1
)

select * from assembled
