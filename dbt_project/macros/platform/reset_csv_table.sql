{#-
    A seed is emptied by `delete`: `truncate`, dbt's own way, would show an empty
    table to a build of another company that started a moment earlier. The lock
    lets readers pass and makes a second build wait, which would otherwise not
    see, and so not delete, the rows this one adds.
-#}
{% macro postgres__reset_csv_table(
    model, full_refresh, old_relation, agate_table
) %}
    {%- if full_refresh -%}
        {%- do adapter.drop_relation(old_relation) -%}
        {{ return(create_csv_table(model, agate_table)) }}
    {%- endif -%}
    {%- set sql = 'delete from ' ~ old_relation -%}
    {%- do run_query('lock table ' ~ old_relation ~ ' in exclusive mode') -%}
    {%- do run_query(sql) -%}
    {{ return(sql) }}
{% endmacro %}
