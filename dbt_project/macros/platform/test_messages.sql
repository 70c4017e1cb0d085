{#-
    A test with `meta={'tells': true}` stops the build with what its rows say: the first
    of their column `message`. Others say how many rows they found.
-#}
{% macro postgres__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {#- Those of our own join whole views, as marts do (docs/decisions/0032). -#}
    {%- if not model.get('test_metadata') -%}
        {%- do run_query('set local enable_nestloop = off') -%}
    {%- endif -%}
    {%- if not model.config.meta.get('tells') -%}
        {{ return(
            default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit)
        ) }}
    {%- endif -%}
    {%- set told = run_query(
        'select message from (' ~ main_sql ~ ') as told order by message limit 3'
    ) -%}
    {%- if told.rows -%}
        {{ exceptions.raise_compiler_error(
            told.columns['message'].values() | join('\n')
        ) }}
    {%- endif -%}
    select 0 as failures, false as should_warn, false as should_error
{%- endmacro %}
