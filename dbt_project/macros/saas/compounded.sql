{#- A monthly rate of loss over several months: what is left shrinks each month. -#}
{% macro compounded(rate, months) -%}
    1 - (1 - {{ rate }}) ^ {{ months }}
{%- endmacro %}
