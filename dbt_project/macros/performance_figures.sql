{#-
    The figures of what was sold in a month, a week or a quarter, from the columns
    `net_sales`, `order_count`, `purchase_revenue`, `new_customer_revenue` and `spend`:
    null where there was none, since there is nothing to divide by.
-#}
{% macro performance_figures() -%}
order_count::integer as order_count,
        net_sales::numeric(18, 2) as net_sales,
        average_order_value,
        new_customer_revenue::numeric(18, 2) as new_customer_revenue,
        (purchase_revenue - new_customer_revenue)::numeric(18, 2)
            as returning_customer_revenue,
        spend::numeric(18, 2) as spend,
        (net_sales / spend)::numeric(18, 6) as blended_return,
        (new_customer_revenue / spend)::numeric(18, 6) as observed_roas
{%- endmacro %}
