{#- A template with the named facts of a jsonb column in its braces; '?' when unknown. -#}
{% macro filled_in(template, facts, names=('field', 'value', 'limit', 'known')) -%}
    {%- set filled = namespace(sql=template) -%}
    {%- for name in names -%}
        {%- set filled.sql =
            "replace(" ~ filled.sql ~ ", '{" ~ name ~ "}', coalesce("
            ~ facts ~ " ->> '" ~ name ~ "', '?'))" -%}
    {%- endfor -%}
    {{ filled.sql }}
{%- endmacro %}
