{#-
    Statistics of a mart, taken anew only where a share of its rows moved: they are made
    of a sample of up to 30,000 pages, however few rows a day changes.

    The next model is planned on what was just written. So a mart that was built whole is
    always looked at: a company may have come that no statistics know of.
-#}
{% macro analyze_if_moved(relation) -%}
    {%- if execute and (not was_rebuilt_narrowly() or has_moved(relation)) -%}
        analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}


{#- Whether only the keys that changed were made anew, of every company. -#}
{% macro was_rebuilt_narrowly() -%}
    {%- set is_narrow = [] -%}
    {%- if 'asked_changed_keys' in model and 'rebuilt_by' in config.get('meta', {}) -%}
        {%- do is_narrow.append(
            model['asked_changed_keys'] | selectattr('is_whole') | list | length == 0
        ) -%}
    {%- endif -%}
    {{ return(is_narrow == [true]) }}
{%- endmacro %}


{#- Whether a twentieth of the rows changed since, those of this transaction included. -#}
{% macro has_moved(relation) -%}
    {%- set moved -%}
        select
            pg_stat_get_mod_since_analyze(oid)
            + pg_stat_get_xact_tuples_inserted(oid)
            + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid)
            >= greatest(reltuples, 0) / 20 as has_moved
        from pg_class
        where oid = '{{ relation }}'::regclass
    {%- endset -%}
    {{ return(run_query(moved).columns[0].values()[0]) }}
{%- endmacro %}
