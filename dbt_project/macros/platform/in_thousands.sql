{#- A number as people say it: 950, 48k, 1.2M. -#}
{% macro in_thousands(number) -%}
    case
        when abs({{ number }}) >= 1000000
            then round(({{ number }} / 1000000)::numeric, 1)::text || 'M'
        when abs({{ number }}) >= 1000
            then round(({{ number }} / 1000)::numeric)::text || 'k'
        else round(({{ number }})::numeric)::text
    end
{%- endmacro %}
