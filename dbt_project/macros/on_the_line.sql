{#- A column of a row of a grid, on the straight line to the same of its next row. -#}
{% macro on_the_line(column) -%}
    {{ column }} + way * (coalesce(next_{{ column }}, {{ column }}) - {{ column }})
{%- endmacro %}
