"""Judge the rows that landed by their suite, with Great Expectations, in the database.

What the rules look at is copied once into a temporary table, and Great Expectations
counts there in SQL: a million rows cost this process nothing. It takes seconds to
import, so that is done when there is something to judge. It writes no file, sends
nothing and shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection as Database
from psycopg import sql

from orchestration.lib.connections.sources import Source
from orchestration.lib.data_quality.contracts.expectations import (
    Asked,
    Library,
    RulesUnreadable,
    Unique,
    answer_column,
)
from orchestration.lib.data_quality.contracts.rules import Holds, TableContract
from orchestration.lib.data_quality.contracts.suites import suite
from orchestration.lib.warehouse.database import connect

__all__ = ["Breach", "Landed", "RulesUnreadable", "breaches"]

_EXAMPLES = 3
_ROLE = "transformer"


@dataclass(frozen=True)
class Landed:
    """Rows of a company and source that were written since a moment.

    Parameters
    ----------
    since
        By the database's clock, included.
    read_at, days
        When the run began to read, and the days it asked for again (both included);
        None when it read what was new.
    """

    company_id: str
    source: Source
    since: datetime
    read_at: datetime | None = None
    days: tuple[date, date] | None = None


@dataclass(frozen=True)
class Breach:
    """A promise that some rows do not keep.

    ``examples`` are keys, such as ``id=17``, of at most three of them.
    """

    table: str
    promise: str
    row_count: int
    examples: tuple[str, ...]
    is_blocking: bool

    def __str__(self) -> str:
        such = f", such as {'; '.join(self.examples)}" if self.examples else ""
        rows = "row does" if self.row_count == 1 else "rows do"
        return f"{self.table}: {self.row_count:,} {rows} not keep: {self.promise}{such}"


@dataclass(frozen=True)
class _Table:
    """A contract beside the table as it is: SQL type by column, and its primary key."""

    contract: TableContract
    types: dict[str, str]
    has_key: bool


def breaches(url: str, landed: Landed) -> list[Breach]:
    """Every promise of the source's suite that a row that landed does not keep.

    Raises
    ------
    RulesUnreadable
    """
    with connect(url, _ROLE) as database:
        tables = [
            table
            for table in _tables(database, landed.source)
            if _has_rows(database, landed, table.contract.table)
        ]
        if not tables:
            return []
        judge = _Judge(database)
        return [breach for table in tables for breach in judge.breaches(landed, table)]


def _tables(database: Database, source: Source) -> Iterator[_Table]:
    rows = database.execute(_COLUMNS, (source.schema,)).fetchall()
    for contract in suite(source.slug):
        types = {name: kind for table, name, kind, _ in rows if table == contract.table}
        keys = {key for table, _, _, key in rows if table == contract.table}
        if types:
            yield _Table(contract, types, has_key=keys == {True})


def _has_rows(database: Database, landed: Landed, table: str) -> bool:
    statement = sql.SQL("select 1 from ({}) as landed limit 1").format(
        _selection(landed, table, [sql.SQL("1")])
    )
    return database.execute(statement).fetchone() is not None


def _selection(
    landed: Landed, table: str, columns: Sequence[sql.Composable]
) -> sql.Composed:
    """The rows to judge; complete, because Great Expectations binds no values."""
    return sql.SQL(
        "select {} from {} where company_id = {} and _sdc_batched_at >= {}"
    ).format(
        sql.SQL(", ").join(columns),
        sql.Identifier(landed.source.schema, table),
        sql.Literal(landed.company_id),
        sql.Literal(landed.since.isoformat()),
    )


class _Judge:
    """Judges table after table over one connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._library = Library(database)

    def breaches(self, landed: Landed, table: _Table) -> Iterator[Breach]:
        """The broken promises of one table."""
        rules = list(_rules(landed, table))
        columns = list(_columns(table, rules))
        copy = self._copy(_selection(landed, table.contract.table, columns), table)
        batch = self._library.batch(copy)
        asked = [
            expectation
            for number, rule in enumerate(rules)
            for expectation in self._library.expectations(number, rule, table.types)
        ]
        # Whether anything fails is far cheaper to know than which.
        failed = self._library.failed(batch, asked, "BOOLEAN_ONLY")
        if not failed:
            return
        details = {
            "result_format": "SUMMARY",
            "partial_unexpected_count": _EXAMPLES,
            "unexpected_index_column_names": list(table.contract.shown),
            # Keys are enough to find a row; its values may be somebody's.
            "exclude_unexpected_values": True,
        }
        suspects = [result.expectation_config.to_domain_obj() for result in failed]
        for result in self._library.failed(batch, suspects, details):
            rule = rules[result.expectation_config.meta["rule"]]
            yield _breach(table, rule, result.result)

    def _copy(self, rows: sql.Composed, table: _Table) -> str:
        """Name of a temporary table of what the rules look at, read once."""
        name = f"landed_{table.contract.table}"
        statement = sql.SQL("create temporary table {} as {}").format(
            sql.Identifier(name), rows
        )
        self._database.execute(statement)
        self._database.commit()
        return name


def _rules(landed: Landed, table: _Table) -> Iterator[Asked]:
    """What to ask of a table: its rules, as far as it has their columns."""
    contract = table.contract
    if not table.has_key:
        yield Unique(contract.key)
    if landed.days and landed.read_at and contract.window:
        yield _in_window(contract.window, landed.days, landed.read_at)
    for rule in (*contract.key_rules, *contract.rules):
        if set(rule.columns) <= set(table.types):
            yield rule


def _in_window(column: str, days: tuple[date, date], read_at: datetime) -> Holds:
    """Rows of this run are of the days that it asked for."""
    condition = sql.SQL("_sdc_batched_at < {} or {} between {} and {}").format(
        sql.Literal(read_at.isoformat()),
        sql.Identifier(column),
        *(sql.Literal(each.isoformat()) for each in days),
    )
    first, last = days
    return Holds(
        (column,),
        condition.as_string(),
        f"{column} is from {first} to {last}, as asked",
    )


def _columns(table: _Table, rules: Sequence[Asked]) -> Iterator[sql.Composable]:
    """What the rules look at, and the answers of those that are conditions."""
    yield sql.Identifier("company_id")
    of_rules = (name for rule in rules for name in rule.columns)
    wanted = [*table.contract.key, *table.contract.shown, *of_rules]
    yield from (sql.Identifier(name) for name in dict.fromkeys(wanted))
    for number, rule in enumerate(rules):
        if isinstance(rule, Holds):
            yield sql.SQL("({}) as {}").format(
                sql.SQL(rule.condition), sql.Identifier(answer_column(number))
            )


def _breach(table: _Table, rule: Asked, result: dict[str, Any]) -> Breach:
    contract = table.contract
    (found,) = result.get("partial_unexpected_index_list") or [{}]
    shown = contract.shown
    examples = zip(*(found.get(name, ()) for name in shown), strict=True)
    return Breach(
        table=contract.table,
        promise=rule.promise,
        row_count=int(result.get("unexpected_count") or 0),
        examples=tuple(
            ", ".join(f"{n}={v}" for n, v in zip(shown, each, strict=True))
            for each in examples
        ),
        is_blocking=isinstance(rule, Unique) or rule in contract.key_rules,
    )


_COLUMNS = """
    select
        pg_class.relname,
        pg_attribute.attname,
        format_type(pg_attribute.atttypid, null),
        exists (
            select from pg_index
            where pg_index.indrelid = pg_class.oid and pg_index.indisprimary
        )
    from pg_class
    inner join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where
        pg_class.relnamespace = to_regnamespace(%s)
        and pg_class.relkind = 'r'
        and pg_attribute.attnum > 0
        and not pg_attribute.attisdropped
"""
