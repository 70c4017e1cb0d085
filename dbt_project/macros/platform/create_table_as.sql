{#-
    A contracted table is created empty, with its key, and then filled.

    dbt-postgres does the same in one string of two statements. Sent one at a
    time, a distributed database can spread the table in between, and no execute
    carries more than one statement. Both stay in the model's transaction.

    What a temporary one has is compared with the contract once it is there
    (process_schema_changes.sql): before, the whole model would be planned for it.
-#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set is_contracted = config.get('contract').enforced -%}
    {%- if is_contracted and not temporary -%}
        {%- do get_assert_columns_equivalent(sql) -%}
        {%- do check_full_refresh_keeps_every_company() -%}
        {%- do run_query(
            'create table ' ~ relation ~ get_table_columns_and_constraints()
        ) -%}
        {%- do keep_ledgers_of_a_new_table() -%}
        insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
        {{ get_select_subquery(sql) }}
    {%- else -%}
        create {{ 'temporary ' if temporary }}table {{ relation }} as (
            {{ no_rows_of_it() if temporary and is_unchanged() else sql }}
        )
    {%- endif -%}
{%- endmacro %}


{#-
    Where no key changed the whole model would be planned for no row. The columns are
    those of its contract, so that a table unlike it is found all the same.
-#}
{% macro no_rows_of_it() -%}
    select
    {%- for column in model.columns.values() %}
        null::{{ column.data_type }} as {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    where false
{%- endmacro %}


{#- A table that is dropped and made again must hold everyone afterwards. -#}
{% macro check_full_refresh_keeps_every_company() %}
    {%- if should_full_refresh() and companies_in_scope() is not none -%}
        {{ exceptions.raise_compiler_error(
            'A full refresh of ' ~ this ~ ' for ' ~
            (companies_in_scope() | join(', ')) ~ ' alone would lose the rows of'
            ' every other company. Leave out either --full-refresh or company_ids.'
        ) }}
    {%- endif -%}
{% endmacro %}
