{#-
    The ledgers of a mart: what changed in it, and how far it has read.

    A mart with `changes_kept: [columns]` under its meta writes, in the transaction that
    changes its rows, each row before and after into ops.mart_changes: the key and these
    columns. Marts that read it start from there, also when a build dies in between.
-#}

{#- Everything to be written down before the rows of `target` become `result`. -#}
{% macro keep_ledgers(target, result) %}
    {%- set meta = config.get('meta', {}) -%}
    {%- if 'changes_kept' in meta -%}
        {%- do run_query(
            mark_everything_changed() ~ ' and ' ~ is_first_build()
        ) -%}
        {%- do run_query(keep_changes(target, result, meta.changes_kept)) -%}
    {%- endif -%}
    {%- if 'restated' in meta -%}
        {%- do run_query(keep_restatements(target, result, meta.restated)) -%}
    {%- endif -%}
    {%- do remember_build() -%}
{% endmacro %}


{#- A table made anew: whoever reads it reads all of it. -#}
{% macro keep_ledgers_of_a_new_table() %}
    {%- if 'changes_kept' in config.get('meta', {}) -%}
        {%- do run_query(mark_everything_changed()) -%}
    {%- endif -%}
    {%- do remember_build(is_whole=true) -%}
{% endmacro %}


{% macro mark_everything_changed() -%}
    insert into ops.mart_changes (company_id, mart)
    select companies.company_id, '{{ this.identifier }}'
    from ops.companies as companies
    where {{ is_in_scope('companies.company_id') }}
{%- endmacro %}


{#- The first rows of a company are no change. -#}
{% macro is_first_build() -%}
    not exists (
        select 1 from ops.mart_builds as builds
        where
            builds.company_id = companies.company_id
            and builds.mart = '{{ this.identifier }}'
    )
{%- endmacro %}


{% macro keep_changes(target, result, kept_columns) -%}
    insert into ops.mart_changes (company_id, mart, old_row, new_row)
    select
        changed.company_id,
        '{{ this.identifier }}',
        changed.old_row,
        changed.new_row
    from (
        {{ changed_rows(target, result, primary_key_columns() + kept_columns) }}
    ) as changed
    inner join ops.mart_builds as builds
        on changed.company_id = builds.company_id
    where builds.mart = '{{ this.identifier }}'
{%- endmacro %}


{#- Rows that differ, before and after, as JSON objects of some columns. -#}
{% macro changed_rows(target, result, columns) -%}
    {%- set key = primary_key_columns() -%}
    {%- set values = model.columns.keys() | reject('in', key) | list -%}
    select
        coalesce(kept.company_id, incoming.company_id) as company_id,
        case
            when kept.company_id is not null then {{ json_of('kept', columns) }}
        end as old_row,
        case
            when incoming.company_id is not null then {{ json_of('incoming', columns) }}
        end as new_row
    from (
        select * from {{ target }} as kept
        where
            {{ is_in_scope('kept.company_id') }}
            and {{ is_changed('kept.' ~ rebuilt_key(), 'kept.company_id') }}
    ) as kept
    full join {{ result }} as incoming
        on {{ columns_match('incoming', 'kept', key) }}
    where
        kept.company_id is null
        or incoming.company_id is null
        or ({{ columns_of('kept', values) }})
        is distinct from ({{ columns_of('incoming', values) }})
{%- endmacro %}


{% macro json_of(relation, columns) -%}
    jsonb_build_object(
    {%- for column in columns -%}
        '{{ column }}', {{ relation }}.{{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}


{#- The key that the mart is rebuilt by; any column does where none is declared. -#}
{% macro rebuilt_key() -%}
    {{ config.get('meta', {}).get('rebuilt_by', {}).get('key', 'company_id') }}
{%- endmacro %}


{#- Up to which change the mart is built now, for every company in scope. -#}
{% macro remember_build(is_whole=false) %}
    {%- set meta = config.get('meta', {}) -%}
    {%- if 'changes_kept' in meta or 'restated' in meta or 'rebuilt_by' in meta -%}
        {%- for company in changed_keys() -%}
            {%- set key_count =
                company['key_count']
                if 'rebuilt_by' in meta and not is_whole and not company['is_whole']
                else 'null' -%}
            {%- do run_query(
                remember_build_of(
                    company['company_id'], company['seen_through'], key_count
                )
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{% macro remember_build_of(company_id, seen_through, key_count) -%}
    insert into ops.mart_builds (
        company_id, mart, definition, seen_through, changed_key_count, as_of_date
    )
    select
        company_id,
        '{{ this.identifier }}',
        '{{ definition() }}',
        {{ seen_through }},
        {{ key_count }},
        {{ as_of_date() }}
    from ops.companies
    where company_id = '{{ company_id }}'
    on conflict (company_id, mart) do update set
        definition = excluded.definition,
        seen_through = excluded.seen_through,
        changed_key_count = excluded.changed_key_count,
        as_of_date = excluded.as_of_date,
        built_at = excluded.built_at
{%- endmacro %}


{#-
    Changes that every mart has read; a mart never built reads all rows anyway, so what
    no mart that was ever built reads goes, too.
-#}
{% macro drop_changes_that_were_read() -%}
    {%- set readers = [] -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' -%}
        {%- set rebuilt_by = node.config.meta.get('rebuilt_by', {}) -%}
        {%- for mart in rebuilt_by.get('changes', {}) -%}
            {%- do readers.append("('" ~ mart ~ "', '" ~ node.name ~ "')") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if flags.WHICH in ('run', 'build') and readers -%}
        delete from ops.mart_changes as kept
        where
            {{ is_in_scope('kept.company_id') }}
            and kept.change_id <= coalesce(
                (
                    select min(builds.seen_through)
                    from ops.mart_builds as builds
                    inner join (values {{ readers | join(', ') }})
                        as readers (mart, reader)
                        on builds.mart = readers.reader
                    where
                        builds.company_id = kept.company_id
                        and readers.mart = kept.mart
                ),
                kept.change_id
            )
    {%- endif -%}
{%- endmacro %}
