{#- A table that no longer has the columns of its contract stops the build. -#}
{% macro postgres__process_schema_changes(on_schema_change, source, target) %}
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


{% macro column_names(columns) -%}
    {{ columns | map(attribute='name') | join(', ') or 'none' }}
{%- endmacro %}
