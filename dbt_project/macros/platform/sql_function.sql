{#-
    Materialization `sql_function`: a model with arguments.

    The model's SQL is the body of a function that returns rows with the columns of
    its contract. Its arguments are those of `config: {meta: {arguments: ...}}`, a
    list of `{name: ..., type: ...}`; left out, company_id, start_date and end_date.
    An argument of the list may be left out in a call and is null then. The SQL writes
    `argument('start_date')` for an argument.
    The body is bound to its tables when the function is made, as a view is: nobody
    needs the schema marts to call it, row-level security asks who calls, and it goes
    when a table under it goes. It is one query, so Postgres plans it together with
    the query that calls it.
-#}
{% materialization sql_function, adapter='postgres' %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement('main') %}
        do $do$ declare
            definition text := $definition${{ function_definition(sql) }}$definition$;
        begin
            -- Two builds that replace one function at the same moment would not
            -- wait for each other but fail: "tuple concurrently updated".
            perform pg_advisory_xact_lock(hashtext('{{ this }}'));
            execute definition;
        exception when invalid_function_definition then
            -- Other columns than before: no function is replaced by such a one.
            drop function {{ function_signature() }} cascade;
            execute definition;
        end $do$
    {% endcall %}
    {% do let_only_these_execute(config.get('grants', {}).get('select', [])) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {#- No relation: nothing selects from it without arguments. -#}
    {{ return({'relations': []}) }}
{% endmaterialization %}


{% macro function_definition(sql) -%}
    {%- set columns = model.columns.values() -%}
    create or replace function {{ this }}(
        {%- for argument in function_arguments() %}
        {{ argument.name }} {{ argument.type }}
        {{- ' default null' if argument.is_optional }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) returns table (
        {%- for column in columns %}
        {{ column.name }} {{ column.data_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) language sql stable security invoker
    begin atomic
        select {{ columns | map(attribute='name') | join(', ') }}
        from ({{ sql }}) as answer;
    end
{%- endmacro %}


{% macro function_arguments() %}
    {%- set arguments = [] -%}
    {%- for told in config.get('meta', {}).get('arguments', []) -%}
        {%- do arguments.append(
            {'name': told.name, 'type': told.type, 'is_optional': true}
        ) -%}
    {%- endfor -%}
    {{ return(arguments or [
        {'name': 'company_id', 'type': 'text'},
        {'name': 'start_date', 'type': 'date'},
        {'name': 'end_date', 'type': 'date'},
    ]) }}
{% endmacro %}


{% macro function_signature() -%}
    {{ this }}({{ function_arguments() | map(attribute='type') | join(', ') }})
{%- endmacro %}


{#- By default everybody may execute what somebody made. -#}
{% macro let_only_these_execute(roles) %}
    {%- set function = function_signature() -%}
    {%- do run_query('revoke all on function ' ~ function ~ ' from public') -%}
    {%- if roles -%}
        {%- do run_query(
            'grant execute on function ' ~ function ~ ' to ' ~ (roles | join(', '))
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- A bare name would mean the column of that name. -#}
{% macro argument(name) -%}
    {{ this.identifier }}.{{ name }}
{%- endmacro %}
