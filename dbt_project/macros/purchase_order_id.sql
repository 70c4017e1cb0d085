{#- What a row of a purchase log is a part of: its number, else the row itself. -#}
{% macro purchase_order_id(purchases, files) -%}
    'purchases/' || coalesce(
        {{ purchases }}.purchase_id,
        {{ files }}.file_name || '#' || {{ purchases }}.line_number
    )
{%- endmacro %}
