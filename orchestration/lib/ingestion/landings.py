"""Whether reading a source changed anything that numbers are made of.

Days that are read again are written again, with a new time of reading: that alone is
no change. So the content of each slice is hashed without it, and compared with what it
was. The cost follows what was read, not the history.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from psycopg import Connection as Database
from psycopg import sql

from orchestration.lib.connections.sources import Source
from orchestration.lib.warehouse.database import connect, has_relation

__all__ = ["landing", "mark_verified", "revisions", "verified_until"]

# Written anew at every read, or named by the loader.
_NOT_CONTENT = "{read_at, _sdc_extracted_at, _sdc_batched_at, _sdc_run_id, company_id}"


@contextmanager
def landing(url: str, company_id: str, source: Source, run_id: str) -> Iterator[None]:
    """Watch what the block loads for a company with this run id.

    A block that was killed leaves its mark, and the next one counts as a change.
    """
    was_interrupted = _begin(url, company_id, source)
    yield
    changed = _touched(url, company_id, source, run_id)
    changed |= _save_contents(
        url, company_id, source, list(_contents(url, company_id, source, run_id))
    )
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.source_landings set
                is_reading = false,
                revision = revision + %(step)s,
                changed_at = case when %(step)s = 1 then now() else changed_at end
            where company_id = %(company)s and source_slug = %(source)s""",
            {
                "step": int(changed or was_interrupted),
                "company": company_id,
                "source": source.slug,
            },
        )


def revisions(url: str, company_id: str) -> list[tuple[str, int]]:
    """How often each source of the company has changed something."""
    with connect(url, "orchestrator") as database:
        return database.execute(
            """select source_slug, revision from ops.source_landings
            where company_id = %s order by source_slug""",
            (company_id,),
        ).fetchall()


def verified_until(url: str, company_id: str, source: Source) -> datetime | None:
    """Start of the last read whose rows were all as the source counted them."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select verified_at from ops.source_landings
            where company_id = %s and source_slug = %s""",
            (company_id, source.slug),
        ).fetchone()
    return row[0] if row else None


def mark_verified(
    url: str, company_id: str, source: Source, started_at: datetime
) -> None:
    """Remember that everything landed before ``started_at`` has been compared."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.source_landings set verified_at = %s
            where company_id = %s and source_slug = %s""",
            (started_at, company_id, source.slug),
        )


def _begin(url: str, company_id: str, source: Source) -> bool:
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select is_reading from ops.source_landings
            where company_id = %s and source_slug = %s for update""",
            (company_id, source.slug),
        ).fetchone()
        database.execute(
            """insert into ops.source_landings (company_id, source_slug, is_reading)
            values (%s, %s, true)
            on conflict (company_id, source_slug) do update set is_reading = true""",
            (company_id, source.slug),
        )
    return row == (True,)


def _touched(url: str, company_id: str, source: Source, run_id: str) -> bool:
    """Whether the run wrote a row that carries the source's own time of change.

    The loader leaves equal rows alone, so a row that was written is another row.
    """
    with connect(url, "transformer") as database:
        return any(
            database.execute(
                sql.SQL(
                    """select 1 from {} where company_id = %s and _sdc_run_id = %s
                    limit 1"""
                ).format(sql.Identifier(source.schema, table)),
                (company_id, run_id),
            ).fetchone()
            for table, has_read_at in _tables(database, source)
            if not has_read_at
        )


def _contents(
    url: str, company_id: str, source: Source, run_id: str
) -> Iterator[tuple[str, str, str]]:
    """Stream, slice (as JSON) and hash of each slice that the run read."""
    values = {"company": company_id, "run": run_id, "ignored": _NOT_CONTENT}
    with connect(url, "transformer") as database:
        reread = [
            table for table, has_read_at in _tables(database, source) if has_read_at
        ]
        if not reread:
            return
        sliced = _sliced_tables(database, source, company_id)
        for table in reread:
            statement = _statement(source, table, is_sliced=table in sliced)
            rows = database.execute(statement, values | {"stream": table})
            yield from rows.fetchall()


def _tables(database: Database, source: Source) -> list[tuple[str, bool]]:
    """The source's tables, and whether their rows say when they were read."""
    return database.execute(
        """select relname, exists (
            select from pg_attribute
            where attrelid = pg_class.oid and attname = 'read_at'
        )
        from pg_class
        where relnamespace = to_regnamespace(%s) and relkind = 'r'
            and relname = any(%s)
        order by relname""",
        (source.schema, [table.name for table in source.tables]),
    ).fetchall()


def _sliced_tables(database: Database, source: Source, company_id: str) -> set[str]:
    # A first read that was cut off may have left rows and no table of slices.
    if not has_relation(database, f"{source.schema}.slices"):
        return set()
    rows = database.execute(
        sql.SQL("select distinct stream_name from {} where company_id = %s").format(
            sql.Identifier(source.schema, "slices")
        ),
        (company_id,),
    ).fetchall()
    return {name for (name,) in rows}


def _statement(source: Source, table: str, *, is_sliced: bool) -> sql.Composed:
    columns = [sql.Identifier(name) for name in source.slice_columns]
    return sql.SQL(_SLICED if is_sliced else _WHOLE).format(
        hash=sql.SQL(_HASH),
        table=sql.Identifier(source.schema, table),
        slices=sql.Identifier(source.schema, "slices"),
        same_slice=sql.SQL(" and ").join(
            sql.SQL("facts.{0} = slices.{0}").format(column) for column in columns
        ),
        slice=sql.SQL(", ").join(
            sql.SQL("{}, slices.{}").format(sql.Literal(name), column)
            for name, column in zip(source.slice_columns, columns, strict=True)
        ),
    )


def _save_contents(
    url: str, company_id: str, source: Source, contents: list[tuple[str, str, str]]
) -> bool:
    """Keep the hashes; True if one of them is new or different."""
    if not contents:
        return False
    streams, slices, hashes = (list(column) for column in zip(*contents, strict=True))
    with connect(url, "orchestrator") as database:
        saved = database.execute(
            """insert into ops.slice_contents as stored
                (company_id, source_slug, stream_name, slice, content_hash)
            select %s, %s, fresh.*
            from unnest(%s::text[], %s::jsonb[], %s::text[]) as fresh
            on conflict (company_id, source_slug, stream_name, slice) do update
                set content_hash = excluded.content_hash
                where stored.content_hash <> excluded.content_hash""",
            (company_id, source.slug, streams, slices, hashes),
        )
        return saved.rowcount > 0


_HASH = """
    coalesce(sum(hashtextextended(
        (to_jsonb(facts) - %(ignored)s::text[])::text, 0
    )::numeric), 0)::text || '/' || count(facts.company_id)
"""

_SLICED = """
    select %(stream)s, jsonb_build_object({slice})::text, {hash}
    from {slices} as slices
    left join {table} as facts
        on facts.company_id = slices.company_id and {same_slice}
    where slices.company_id = %(company)s
        and slices.stream_name = %(stream)s
        and slices._sdc_run_id = %(run)s
    group by 2
"""

_WHOLE = """
    select %(stream)s, '{{}}', {hash}
    from {table} as facts
    where company_id = %(company)s
    having max(_sdc_run_id) filter (where _sdc_run_id = %(run)s) is not null
"""
