{%- set columns -%}
    company_id,
    order_id,
    source_order_id,
    customer_id,
    currency_code,
    gross_revenue,
    discount_amount,
    refund_amount,
    is_recognised,
    is_cancelled,
    is_refunded,
    ordered_at,
    loaded_at
{%- endset -%}

{%- set file_columns -%}
    'files'::text as source_slug,
    file_sha256,
    file_name,
    line_number,
    exported_at,
    is_date_only,
    false as is_test,
    false as is_deleted
{%- endset -%}

with purchases as (
    select
        {{ columns }},
        {{ file_columns }}
    from {{ ref('int_purchases_as_orders') }}
),

exported_shopify_orders as (
    select
        {{ columns }},
        {{ file_columns }}
    from {{ ref('int_shopify_orders_assembled') }}
),

shopify_orders as (
    select
        {{ columns }},
        'shopify'::text as source_slug,
        null::text as file_sha256,
        null::text as file_name,
        null::integer as line_number,
        null::timestamptz as exported_at,
        false as is_date_only,
        is_test,
        is_deleted
    from {{ ref('int_shopify_orders_netted') }}
),

unioned as (
    select * from purchases
    union all
    select * from exported_shopify_orders
    union all
    select * from shopify_orders
)

select * from unioned
