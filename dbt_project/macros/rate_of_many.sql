{#- A quotient without an interval beside it: null when it is of fewer than 30. -#}
{% macro rate_of_many(part, whole, count) -%}
    case
        when {{ count }} >= 30
            then ({{ part }})::double precision / nullif({{ whole }}, 0)
    end
{%- endmacro %}
