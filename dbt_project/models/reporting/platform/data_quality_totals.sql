with orders as (
    select * from {{ ref('order_totals') }}
),

files as (
    select * from {{ ref('file_totals') }}
),

joined as (
    select
        orders.company_id,
        orders.currency_code,
        orders.first_order_date,
        orders.last_order_date,
        orders.order_count,
        orders.api_order_count,
        orders.recognised_order_count,
        orders.purchase_count,
        orders.purchase_net_revenue,
        orders.guest_order_count,
        orders.guest_net_revenue,
        orders.missing_rate_order_count,
        orders.not_recognised_order_count,
        orders.cancelled_order_count,
        orders.fully_refunded_order_count,
        orders.test_order_count,
        orders.deleted_order_count,
        orders.impossible_order_count,
        orders.future_order_count,
        orders.credit_note_count,
        orders.nothing_sold_order_count,
        orders.outlier_order_count,
        files.file_count,
        files.row_count,
        files.loaded_row_count,
        files.quarantined_row_count,
        files.quarantined_amount,
        files.unknown_status_order_count,
        files.unknown_comuna_order_count,
        files.unknown_comuna_user_count
    from orders
    inner join files
        on orders.company_id = files.company_id
)

select * from joined
