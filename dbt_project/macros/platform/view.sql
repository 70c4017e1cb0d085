{#-
    Views are replaced in place, and run with the rights of whoever reads them.

    dbt's own way renames the old view and drops it with everything built on it,
    which breaks another company's build that runs at the same moment and leaves
    a gap for readers. Postgres refuses to replace a view in place only when
    columns were removed, renamed or retyped; then the view is dropped and made
    again within the same transaction, and the models on it follow in this
    build.
-#}
{% materialization view, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none and not existing.is_view %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% call statement('main') %}
        do $do$ begin
            {{ view_statement('create or replace', target, sql) }}
        exception when invalid_table_definition then
            drop view {{ target }} cascade;
            {{ view_statement('create', target, sql) }}
        end $do$
    {% endcall %}
    {#- The view tells its columns; the model would be planned to be asked for them. -#}
    {% if
        config.get('contract').enforced
        and run_query(columns_that_differ([target])).rows
    %}
        {% do get_assert_columns_equivalent(sql) %}
    {% endif %}
    {% do apply_grants(
        target,
        config.get('grants'),
        should_revoke=should_revoke(existing, full_refresh_mode=False)
    ) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% macro view_statement(verb, relation, sql) -%}
    {{ verb }} view {{ relation }} with (security_invoker = true) as (
        {{ sql }}
    );
{%- endmacro %}
