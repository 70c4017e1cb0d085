{#-
    Row-level security for tables that people reach.

    One post-hook that asks once what the table has, and sends what it lacks one
    statement at a time: nothing when it has everything, because altering a table
    waits for its readers.
-#}
{% macro keep_companies_apart(relation) -%}
    {%- if execute -%}
        {%- set there = run_query(protections(relation)).columns[0].values() -%}
        {%- if 'row security' not in there -%}
            {%- do run_query('alter table ' ~ relation ~ ' enable row level security') -%}
        {%- endif -%}
        {%- for name, roles, condition in policies()
            if 'policy ' ~ name not in there -%}
            {%- do run_query(
                'create policy ' ~ name ~ ' on ' ~ relation ~ ' for select to '
                ~ roles ~ ' using (' ~ condition ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro protections(relation) -%}
    select 'row security' as protection
    from pg_class
    where relrowsecurity and oid = '{{ relation }}'::regclass
    union all
    select 'policy ' || polname
    from pg_policy
    where polrelid = '{{ relation }}'::regclass
{%- endmacro %}


{#- The login roles bi_acme and lab_acme read the rows of acme. No lookup, no setting, and no
    regular expression: it may be asked for every row. -#}
{% macro policies() %}
    {{ return([
        (
            'company_reads_own_rows',
            'bi_reader',
            "company_id = case when starts_with(current_user::text, 'bi_')"
            ~ " then substr(current_user::text, 4)"
            ~ " when starts_with(current_user::text, 'lab_')"
            ~ " then substr(current_user::text, 5) end",
        ),
        ('platform_reads_all', 'scientist, orchestrator', 'true'),
    ]) }}
{% endmacro %}
