{#-
    What every source says of an order, in one shape. A model that turns a source
    into orders has these columns; `int_orders_unioned` adds what is the same for
    all orders of the source.
-#}
{% macro order_columns() -%}
    company_id,
    order_id,
    source_order_id,
    customer_id,
    currency_code,
    gross_revenue,
    discount_amount,
    refund_amount,
    tax_amount,
    shipping_amount,
    payment_method,
    is_recognised,
    is_cancelled,
    is_refunded,
    is_completed,
    ordered_at,
    paid_at,
    completed_at,
    cancelled_at,
    loaded_at
{%- endmacro %}


{#- What is the same for all orders of a source, or known to only some sources. -#}
{% macro order_origin_columns() -%}
    source_slug,
    source_contract,
    file_name,
    line_number,
    is_date_only,
    is_test,
    is_deleted,
    kept_tax_amount,
    kept_shipping_amount,
    is_tax_told,
    payment_fee,
    channel_id,
    campaign_name,
    region_code,
    comuna_code
{%- endmacro %}
