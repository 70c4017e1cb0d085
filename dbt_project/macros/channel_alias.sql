{#-
    A word as seeds/rules/channel_aliases.csv writes it: 'Búsqueda Orgánica ' is
    busqueda_organica. Accents are taken off by hand: what a letter is depends on
    the server's locale.
-#}
{% macro channel_alias(column) -%}
    nullif(
        btrim(
            regexp_replace(
                translate(lower({{ column }}), 'áéíóúüñÁÉÍÓÚÜÑ', 'aeiouunaeiouun'),
                '[^a-z0-9]+', '_', 'g'
            ),
            '_'
        ),
        ''
    )
{%- endmacro %}
