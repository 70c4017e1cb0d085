{#-
    The part of a tax or of shipping that is left in an order after its refunds, in
    proportion: amount * (1 - refunds / charged), rounded to cents. Nothing is left
    when all, or more, was paid back, or when nothing was charged.
-#}
{% macro part_not_refunded(orders, amount, refunded) -%}
    {%- set charged = orders ~ '.gross_revenue - ' ~ orders ~ '.discount_amount' -%}
    case
        when {{ charged }} > 0
            then round(
                {{ orders }}.{{ amount }}
                * (1 - least(1, {{ refunded }} / ({{ charged }}))), 2
            )
        else 0
    end
{%- endmacro %}
