{#-
    A KPI that is a quotient, from a relation's counts: the one definition that months
    (kpi_months) and ranges (get_..._kpis) share. Null where nothing is counted. Shares
    are 0-1; amounts per head are in the currency of the sum, rounded to cents. The
    formulas of the registry (metrics/) say the same, which a test compares.
-#}
{% macro kpi_rate(name, counts) -%}
    {%- set shares = {
        'onboarding_rate': ('onboarded_user_count', 'new_user_count'),
        'rut_validation_rate': ('rut_verified_user_count', 'new_user_count'),
        'cart_abandonment_rate': ('abandoned_cart_count', 'cart_count'),
        'cancellation_rate': ('cancelled_order_count', 'order_count'),
        'rating_response_rate': ('rated_order_count', 'completed_order_count'),
        'repurchase_rate': ('repeat_customer_count', 'customer_count'),
    } -%}
    {%- set amounts = {
        'average_order_value': ('net_revenue', 'purchase_count'),
        'historic_value_per_customer': ('historic_net_revenue', 'customer_count'),
    } -%}
    {%- if name in shares -%}
        {{ counts }}.{{ shares[name][0] }}::double precision
        / nullif({{ counts }}.{{ shares[name][1] }}, 0)
    {%- elif name in amounts -%}
        (
            {{ counts }}.{{ amounts[name][0] }}
            / nullif({{ counts }}.{{ amounts[name][1] }}, 0)
        )::numeric(18, 2)
    {%- else -%}
        {{ exceptions.raise_compiler_error('no KPI is called ' ~ name) }}
    {%- endif -%}
{%- endmacro %}
