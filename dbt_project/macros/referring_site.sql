{#- The site of an address, in lower case, without what only says how it is read. -#}
{% macro referring_site(column) -%}
    substring(
        lower({{ column }})
        from '^[a-z-]+://(?:(?:www|m|l|lm|mobile|web|com)\.)*([^/:?#]+)'
    )
{%- endmacro %}
