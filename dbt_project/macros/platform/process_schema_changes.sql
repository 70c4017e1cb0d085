{#-
    A table that no longer has the columns of its contract stops the build.

    One look tells whether contract, result and table agree; only where they do not is
    it asked who differs: the model, which dbt says in its own words, or the table.
-#}
{% macro postgres__process_schema_changes(on_schema_change, source, target) %}
    {%- if not run_query(columns_that_differ([source, target])).rows -%}
        {{ return(model.columns.values() | list) }}
    {%- endif -%}
    {%- do get_assert_columns_equivalent(sql) -%}
    {%- set changes = check_for_schema_changes(source, target) -%}
    {%- if changes['schema_changed'] -%}
        {%- set retyped = [] -%}
        {%- for change in changes['new_target_types'] -%}
            {%- do retyped.append(change['column_name'] ~ ' ' ~ change['new_type']) -%}
        {%- endfor -%}
        {{ exceptions.raise_compiler_error(
            'The table ' ~ target ~ ' does not match its contract any more. New'
            ' columns: ' ~ column_names(changes['source_not_in_target']) ~
            '; columns gone: ' ~ column_names(changes['target_not_in_source']) ~
            '; other types: ' ~ (retyped | join(', ') or 'none') ~
            '. Nothing was changed. Rebuild the tables and the views on them with'
            ' `dbt build --full-refresh` for all companies.'
        ) }}
    {%- endif -%}
    {{ return(changes['source_columns']) }}
{% endmacro %}


{#- Columns that the contract and some relations do not all have, with one type. -#}
{% macro columns_that_differ(relations) -%}
    select told.name
    from (
        select declared.name, declared.type::regtype::oid as type, null as modifier
        from (
            values
            {%- for column in model.columns.values() %}
            ('{{ column.name }}', '{{ column.data_type }}')
            {{- ',' if not loop.last }}
            {%- endfor %}
        ) as declared (name, type)
        union all
        select attname, atttypid, atttypmod
        from pg_attribute
        where
            attrelid in (
                {%- for relation in relations -%}
                to_regclass('{{ relation }}'){{ ', ' if not loop.last }}
                {%- endfor -%}
            )
            and attnum > 0
            and not attisdropped
    ) as told
    group by told.name
    having
        count(*) <> {{ relations | length + 1 }}
        or count(distinct told.type) > 1
        or count(distinct told.modifier) > 1
{%- endmacro %}


{% macro column_names(columns) -%}
    {{ columns | map(attribute='name') | join(', ') or 'none' }}
{%- endmacro %}
