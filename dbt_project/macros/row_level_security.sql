{#-
    Row-level security for tables that people reach.

    Each macro is one post-hook and at most one statement: nothing when the
    table already has what it asks for, because altering a table waits for its
    readers.
-#}

{% macro enable_row_level_security(relation) -%}
    {%- if execute and not has_row_level_security(relation) -%}
        alter table {{ relation }} enable row level security
    {%- endif -%}
{%- endmacro %}


{#- The login roles bi_acme and lab_acme read the rows of acme. No lookup, no setting, and no
    regular expression: it may be asked for every row. -#}
{% macro let_companies_read_their_own_rows(relation) -%}
    {{ policy(
        relation, 'company_reads_own_rows', ['bi_reader'],
        "company_id = case when starts_with(current_user::text, 'bi_')"
        ~ " then substr(current_user::text, 4)"
        ~ " when starts_with(current_user::text, 'lab_')"
        ~ " then substr(current_user::text, 5) end"
    ) }}
{%- endmacro %}


{% macro let_the_platform_read_all_rows(relation) -%}
    {{ policy(
        relation, 'platform_reads_all', ['scientist', 'orchestrator'], 'true'
    ) }}
{%- endmacro %}


{% macro policy(relation, name, roles, condition) -%}
    {%- if execute and not has_policy(relation, name) -%}
        create policy {{ name }} on {{ relation }}
        for select to {{ roles | join(', ') }} using ({{ condition }})
    {%- endif -%}
{%- endmacro %}


{% macro has_row_level_security(relation) %}
    {%- set found = run_query(
        "select 1 from pg_class where relrowsecurity and oid = '"
        ~ relation ~ "'::regclass"
    ) -%}
    {{ return(found | length > 0) }}
{% endmacro %}


{% macro has_policy(relation, name) %}
    {%- set found = run_query(
        "select 1 from pg_policy where polname = '" ~ name ~ "' and polrelid = '"
        ~ relation ~ "'::regclass"
    ) -%}
    {{ return(found | length > 0) }}
{% endmacro %}
