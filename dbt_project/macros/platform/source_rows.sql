{#-
    Which raw rows were written since they were last looked at, whatever they are of.

    A row counts as new when the transaction that wrote it is not in the snapshot of the
    last look. Whoever asks has the CTE `companies` with that `snapshot`, its
    `first_unknown` transaction and the `newest_transaction`, and calls raw rows `stored`.
-#}

{#-
    Whose transactions the rows and the last look are numbered by. A copy of a server
    keeps its name; a table that was dumped and restored does not keep its number.
-#}
{% macro hashed_server() -%}
    select hashtextextended(
        concat_ws(' ', system_identifier, 'ops.raw_reads'::regclass::oid), 0
    ) as server_id
    from pg_control_system()
{%- endmacro %}


{#- Whether the last look, `reads`, says nothing of this server; also when none was. -#}
{% macro is_of_another_server() -%}
    reads.server_id is distinct from server.server_id
    or pg_snapshot_xmax(reads.snapshot) > pg_snapshot_xmax(pg_current_snapshot())
{%- endmacro %}


{% macro newest_transaction() -%}
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint
{%- endmacro %}


{#- Whether a row, `stored`, was written after its company was last looked at. -#}
{% macro is_written_since() -%}
    {{ transaction_of('stored') }} >= companies.first_unknown
        and not pg_visible_in_snapshot(
            ({{ transaction_of('stored') }})::text::xid8, companies.snapshot
        )
{%- endmacro %}


{#-
    The transaction that wrote a row. Rows know only the last 32 bits of its number;
    it lies at most 2^32 transactions back, and an older row seems newer, never the
    other way round.
-#}
{% macro transaction_of(relation) -%}
    {%- set now = 'companies.newest_transaction' -%}
    {{ now }} - (({{ now }} - {{ relation }}.xmin::text::bigint) & 4294967295)
{%- endmacro %}
