{#-
    A probability as people read it, in whole percent. It is a share of draws, some
    hundreds of them: none of them proves that something is sure, or cannot be.
-#}
{% macro probability_label(column) -%}
    case
        when {{ column }} > 0.99 then '> 99' || chr(160) || '%'
        when {{ column }} < 0.01 then '< 1' || chr(160) || '%'
        else round(100 * {{ column }}::numeric)::text || chr(160) || '%'
    end
{%- endmacro %}
