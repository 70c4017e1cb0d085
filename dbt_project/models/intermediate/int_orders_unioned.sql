{%- set columns -%}
    company_id,
    order_id,
    file_sha256,
    file_name,
    line_number,
    customer_id,
    currency_code,
    gross_revenue,
    discount_amount,
    refund_amount,
    is_date_only,
    is_recognised,
    is_cancelled,
    is_refunded,
    ordered_at,
    exported_at,
    loaded_at
{%- endset -%}

with purchases as (
    select
        {{ columns }}
    from {{ ref('int_purchases_as_orders') }}
),

shopify_orders as (
    select
        {{ columns }}
    from {{ ref('int_shopify_orders_assembled') }}
),

unioned as (
    select * from purchases
    union all
    select * from shopify_orders
)

select * from unioned
