{#-
    Shipping as charged less the tax in it, where prices hold their taxes: taxes of an
    order are told as one, so shipping has its part in proportion to what was paid,
    which is exact where one rate holds for the whole order.
-#}
{% macro shipping_without_tax(shipping, tax, total, is_included) -%}
    case
        when {{ is_included }} and {{ total }} > 0
            then {{ shipping }} * (1 - {{ tax }} / {{ total }})
        else {{ shipping }}
    end
{%- endmacro %}
