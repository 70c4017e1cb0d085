{#-
    The columns of a table, from the catalogue itself.

    The view of the standard, which dbt-postgres reads, joins ten of its tables first:
    for the columns of a mart that took longer than most marts.
-#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {% call statement('get_columns_in_relation', fetch_result=True) %}
        select
            attname,
            format_type(atttypid, null),
            information_schema._pg_char_max_length(atttypid, atttypmod),
            information_schema._pg_numeric_precision(atttypid, atttypmod),
            information_schema._pg_numeric_scale(atttypid, atttypmod)
        from pg_attribute
        where
            attrelid = to_regclass('{{ relation }}')
            and attnum > 0
            and not attisdropped
        order by attnum
    {% endcall %}
    {{ return(
        sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)
    ) }}
{%- endmacro %}
