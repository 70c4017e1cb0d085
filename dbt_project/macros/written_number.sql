{#- A number as English sentences have it, 1,234.5; null stays null. -#}
{% macro written_number(expression, decimals=0) -%}
    to_char(
        round(({{ expression }})::numeric, {{ decimals }}),
        'FM999,999,999,999,990{{ '.' ~ '0' * decimals if decimals }}'
    )
{%- endmacro %}
