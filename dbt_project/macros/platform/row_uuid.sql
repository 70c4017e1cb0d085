{#-
    An id that is the same in every build and another in every company; null when
    the key is.
-#}
{% macro row_uuid(company_id, key) -%}
    md5({{ company_id }} || '/' || {{ key }})::uuid
{%- endmacro %}
