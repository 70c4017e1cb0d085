{#- What people write, so that accents, capitals, dashes and spaces tell nothing apart. -#}
{% macro plain_words(column) -%}
    trim(regexp_replace(
        translate(
            lower({{ column }}), 'áéíóúüñÁÉÍÓÚÜÑ', 'aeiouunaeiouun'
        ),
        '[^a-z0-9]+', ' ', 'g'
    ))
{%- endmacro %}
