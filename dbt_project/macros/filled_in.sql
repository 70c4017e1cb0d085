{#- A template with the facts of a jsonb column in its braces; '?' when unknown. -#}
{% macro filled_in(template, facts) -%}
    {%- set filled = namespace(sql=template) -%}
    {%- for name in ('field', 'value', 'limit', 'known') -%}
        {%- set filled.sql =
            "replace(" ~ filled.sql ~ ", '{" ~ name ~ "}', coalesce("
            ~ facts ~ " ->> '" ~ name ~ "', '?'))" -%}
    {%- endfor -%}
    {{ filled.sql }}
{%- endmacro %}
