{#-
    Incremental strategy `replace_companies`: the rows of the companies in scope
    become exactly the new result, in one statement.

    Rows that are gone are deleted, new and changed rows are upserted, and rows
    that are the same are not touched: not even locked, which an upsert alone
    would do. The table is never dropped or empty, so readers, grants, policies
    and the primary key do not notice. A company without new rows loses its old.

    A mart that is `rebuilt_by` a key (changed_keys.sql) replaces the rows of the keys
    that changed, and looks at no other.
-#}
{% macro get_incremental_replace_companies_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set result = arg_dict['temp_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set key = primary_key_columns() -%}
    {%- set values = columns | reject('in', key) | list -%}
    {#- Nobody else analyses a temporary table, and the plan depends on its size. -#}
    {%- do run_query('analyze ' ~ result) -%}
    {%- set key_column = rebuilt_key() -%}
    {%- set is_kept_changed = is_changed('kept.' ~ key_column, 'kept.company_id') -%}
    {%- set is_existing_changed =
        is_changed('existing.' ~ key_column, 'existing.company_id') -%}
    {%- do keep_ledgers(target, result) -%}

    with removed as (
        delete from {{ target }} as kept
        where
            {{ is_in_scope('kept.company_id') }}
            and {{ is_kept_changed }}
            and not exists (
                select 1 from {{ result }} as incoming
                where {{ columns_match('incoming', 'kept', key) }}
            )
    )

    insert into {{ target }} as kept ({{ columns | join(', ') }})
    select {{ columns_of('incoming', columns) }}
    from {{ result }} as incoming
    where
        not exists (
            select 1 from {{ target }} as existing
            where
                {{ is_in_scope('existing.company_id') }}
                and {{ is_existing_changed }}
                and {{ columns_match('existing', 'incoming', key) }}
                and ({{ columns_of('existing', values) }})
                is not distinct from ({{ columns_of('incoming', values) }})
        )
    -- Sorting ends the comparison before the first insert; else a comparison
    -- row by row would wade through all that was inserted so far.
    order by {{ columns_of('incoming', key) }}
    on conflict ({{ key | join(', ') }}) do update set
    {%- for column in values %}
        {{ column }} = excluded.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    where
        ({{ columns_of('kept', values) }})
        is distinct from ({{ columns_of('excluded', values) }})
{% endmacro %}


{#- The key as the model's own contract declares it. -#}
{% macro primary_key_columns() %}
    {%- for constraint in model.constraints -%}
        {%- if constraint.type == 'primary_key' -%}
            {{ return(constraint.columns) }}
        {%- endif -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        model.name ~ ' has no primary key. Declare one under `constraints` in its'
        ' .yml, starting with company_id.'
    ) }}
{% endmacro %}


{% macro columns_of(relation, columns) -%}
    {%- if columns -%}
        {{ relation }}.{{ columns | join(', ' ~ relation ~ '.') }}
    {%- endif -%}
{%- endmacro %}


{% macro columns_match(left, right, columns) -%}
    {%- for column in columns -%}
        {{ left }}.{{ column }} = {{ right }}.{{ column }}
        {{- ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
