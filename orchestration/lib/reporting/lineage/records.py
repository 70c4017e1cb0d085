"""A sample of the raw records that fed a number, and how each came here.

Of orders only those that count are taken, and of a list of customers only theirs; of
what a model was fed, nothing that landed after its fit. A record is known by its key
and by the MD5 of its content, which the same record of the source has for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.reporting.lineage.lineage import Lineage
from orchestration.lib.warehouse.database import connect

__all__ = ["Fed", "RawRecord", "raw_records"]

_MOST_RECORDS = 3


@dataclass(frozen=True)
class Fed:
    """Which records are meant: of these customers, landed until this moment (UTC).

    None of a customer: of all of them; no moment: whenever they landed.
    """

    customer_ids: Sequence[str] | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class RawRecord:
    """One record as its source told it, and the read that brought it (UTC).

    ``record_hash`` is the MD5 of its columns without those of the loader.
    ``asked_for`` says in words what the read asked its source for: pages of an API are
    not kept, but days and stream are, and of a file its name and line.
    """

    table: str
    key: dict[str, Any]
    record_hash: str
    extracted_at: datetime | None
    run_id: str | None
    read_id: int | None
    connection_id: str | None
    read_from: date | None
    read_to: date | None
    read_at: datetime | None
    file_name: str | None

    @property
    def asked_for(self) -> str:
        """What the read asked for, as far as it is kept."""
        source, stream = self.table.removeprefix("raw_").split(".")
        if self.file_name:
            return f"file {self.file_name}, line {self.key.get('line_number', '?')}"
        days = (
            f", days {self.read_from} to {self.read_to}"
            if self.read_from
            else ", what had changed since the read before"
            if self.read_id
            else ", by a read that is not on record"
        )
        return f"{source}, stream {stream}{days}"


def raw_records(url: str, company_id: str, below: Lineage, fed: Fed) -> list[RawRecord]:
    """Some records of each raw table below a number, the newest first."""
    with connect(url, "transformer") as database:
        return [
            record
            for table in sorted(below.raw)
            for record in _records(database, company_id, table, fed)
        ]


def _records(
    database: psycopg.Connection, company_id: str, table: str, fed: Fed
) -> list[RawRecord]:
    found = database.execute(_KEY, [table]).fetchone()
    key = [name for name in (found[0] if found else ()) if name != "company_id"]
    if not key:
        return []
    # A list of all columns of the key, as their names and values.
    pairs = sql.SQL(", ").join(
        sql.SQL("{}, raw.{}").format(sql.Literal(name), sql.Identifier(name))
        for name in key
    )
    statement = sql.SQL(_SAMPLE).format(
        key=pairs,
        table=sql.Identifier(*table.split(".")),
        counts=sql.SQL(_COUNTS.get(table, "true")),
        file=sql.SQL(_FILE if _is_of_file(table, key) else "null::text"),
        order=sql.SQL(", ").join(sql.Identifier("raw", name) for name in key),
    )
    values = {
        "company": company_id,
        "table": table,
        "customers": list(fed.customer_ids) if fed.customer_ids is not None else None,
        "until": fed.until,
        "most": _MOST_RECORDS,
    }
    cursor = database.cursor(row_factory=class_row(RawRecord))
    return cursor.execute(statement, values).fetchall()


def _is_of_file(table: str, key: Sequence[str]) -> bool:
    return table.startswith("raw_files.") and "file_sha256" in key


_KEY = """
    select array_agg(columns.attname::text order by columns.attnum)
    from pg_index
    inner join pg_attribute as columns
        on columns.attrelid = pg_index.indrelid
        and columns.attnum = any(pg_index.indkey)
    where pg_index.indrelid = to_regclass(%s) and pg_index.indisprimary
"""

# By what marts.orders keeps of where an order came from.
_MINE = """
    orders.company_id = raw.company_id and orders.is_purchase
    and (%(customers)s::text[] is null or orders.customer_id = any(%(customers)s))
"""
_OF_FILE = f"""exists (
    select from marts.orders as orders
    inner join raw_files.files as files
        on orders.company_id = files.company_id and orders.file_name = files.file_name
    where {_MINE} and files.file_sha256 = raw.file_sha256
        and orders.line_number = raw.line_number
)"""
_COUNTS = {
    "raw_files.purchases": _OF_FILE,
    "raw_files.shopify_order_lines": _OF_FILE,
    "raw_shopify.orders": f"""exists (
        select from marts.orders as orders
        where {_MINE} and orders.source_slug = 'shopify'
            and orders.source_order_id = raw.id
    )""",
}
_FILE = """(
    select max(files.file_name) from raw_files.files as files
    where files.company_id = raw.company_id and files.file_sha256 = raw.file_sha256
)"""

_SAMPLE = """
    with sampled as (
        select
            jsonb_build_object({key}) as key,
            md5((to_jsonb(raw) - array[
                '_sdc_extracted_at', '_sdc_batched_at', '_sdc_run_id', '_sdc_arrival'
            ])::text) as record_hash,
            raw._sdc_extracted_at::timestamptz as extracted_at,
            raw._sdc_run_id as run_id,
            {file} as file_name
        from {table} as raw
        where raw.company_id = %(company)s
            and (%(until)s::timestamptz is null or raw._sdc_batched_at <= %(until)s)
            and {counts}
        order by raw._sdc_extracted_at desc nulls last, {order}
        limit %(most)s
    )
    select %(table)s as table, sampled.*, reads.read_id, reads.connection_id,
        reads.read_from, reads.read_to, reads.started_at as read_at
    from sampled
    left join lateral (
        select read_id, connection_id, read_from, read_to, started_at
        from ops.connection_reads
        where company_id = %(company)s and run_id = sampled.run_id
            and 'raw_' || source_slug = split_part(%(table)s, '.', 1)
        order by read_id desc limit 1
    ) as reads on true
"""
