{#- Whether so many are enough for a quotient to be told: thirty. -#}
{% macro are_many(count) -%}
{{ count }} >= 30
{%- endmacro %}


{#- A quotient without an interval beside it: null when it is of fewer than 30. -#}
{% macro rate_of_many(part, whole, count) -%}
    case
        when {{ are_many(count) }}
            then ({{ part }})::double precision / nullif({{ whole }}, 0)
    end
{%- endmacro %}
