"""A database with raw files in it and dbt on top."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from orchestration.defs.transformation.left_out import selectors_of
from orchestration.lib.warehouse.dbt import current_manifest
from orchestration.lib.warehouse.idle_marts import forget_builds, idle_marts
from orchestration.lib.warehouse.raw_tables import ensure_raw_tables
from tests.dbt_project import raw_files, raw_shopify
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.raw_files import RawFile

__all__ = ["Pair", "Warehouse"]

Values = Sequence[object] | Mapping[str, object]

# Of all databases: the login roles of companies belong to the server.
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Pair:
    """Two companies of one test: EUR in Madrid, CLP in Santiago."""

    acme: str
    bolt: str


@dataclass
class Warehouse:
    """Raw tables to fill, and the project that builds on them.

    Tests share it. Each works with a pair of companies of its own.
    """

    url: str
    dbt: DbtProject
    _kept: psycopg.Connection | None = field(default=None, repr=False)

    def create_raw_tables(self) -> None:
        """Create the tables of every tap, empty, as a first run does."""
        ensure_raw_tables(self.url)

    def add_pair(self) -> Pair:
        """Two new companies."""
        # Of one width, so that their order by name is that of their making.
        number = f"{next(_NUMBERS):04}"
        pair = Pair(f"acme_{number}", f"bolt_{number}")
        rows = [
            (pair.acme, "Acme", "EUR", "Europe/Madrid"),
            (pair.bolt, "Bolt", "CLP", "America/Santiago"),
        ]
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "insert into ops.companies values (%s, %s, %s, %s)", rows
            )
        return pair

    def load(self, company_id: str, *files: RawFile) -> None:
        """Load files, or new versions of them."""
        with self._connected() as connection:
            for file in files:
                raw_files.load(connection, company_id, file)
            # As a real read does: without statistics a plan may take an hour.
            tables = {"files", *(raw_files.table_of(file.contract) for file in files)}
            names = [sql.Identifier("raw_files", table) for table in sorted(tables)]
            connection.execute(sql.SQL("analyze {}").format(sql.SQL(", ").join(names)))

    def land(self, company_id: str, table: str, *rows: raw_shopify.Row) -> None:
        """Load rows of a table of the shop's API."""
        with self._connected() as connection:
            raw_shopify.load(connection, company_id, table, *rows)
            connection.execute(
                sql.SQL("analyze {}").format(sql.Identifier("raw_shopify", table))
            )

    def remove(self, company_id: str, file_name: str) -> None:
        """Take a file away."""
        with self._connected() as connection:
            raw_files.remove(connection, company_id, file_name)

    def build(
        self,
        *company_ids: str,
        as_of: Mapping[str, str] | None = None,
        only: Sequence[str] = ("marts",),
    ) -> dict[str, str]:
        """Rebuild the marts of some companies, or of all, without the data tests.

        As a run, it leaves out marts that none of the companies has anything for.
        For all companies it builds everything.

        The views they read and the views on them stand already. A test that reads few
        marts names them in `only`: those and the marts they read are built then, which
        takes a fifth of the time.
        """
        scope = {"company_ids": list(company_ids)} if company_ids else {}
        marts = [f"+{mart},marts" for mart in only]
        idle = self._idle(company_ids) if company_ids and only == ("marts",) else []
        return self.dbt.run(
            *("run", "--select", *marts, *(("--exclude", *idle) if idle else ())),
            **scope,
            as_of_dates=dict(as_of or {}),
        )

    def _idle(self, company_ids: Sequence[str]) -> list[str]:
        """What a run leaves out of a build of these companies, in dbt's words."""
        idle = frozenset.intersection(
            *(idle_marts(self.url, company_id) for company_id in company_ids)
        )
        for company_id in company_ids:
            forget_builds(self.url, company_id, idle)
        return selectors_of(current_manifest(), idle)

    def execute(self, statement: str, values: Values = ()) -> None:
        """Run one statement as the administrator."""
        with self._connected() as connection:
            connection.execute(statement.encode(), values)

    def rows(
        self, query: str, values: Values = (), *, role: str = ""
    ) -> list[dict[str, Any]]:
        """The rows of a query, run as a role when one is named."""
        with (
            self._connected() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            if role:
                cursor.execute(
                    sql.SQL("set local role {}").format(sql.Identifier(role))
                )
            return cursor.execute(query.encode(), values).fetchall()

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        """A transaction on a connection that is kept, as making one costs most."""
        if self._kept is None or self._kept.closed:
            self._kept = psycopg.connect(self.url, autocommit=True)
        with self._kept.transaction():
            yield self._kept

    def orders(self, company_id: str) -> dict[str, dict[str, Any]]:
        """The rows of marts.orders of a company, by order_id."""
        query = "select * from marts.orders where company_id = %s order by order_id"
        return {row["order_id"]: row for row in self.rows(query, [company_id])}

    def summaries(self, company_id: str) -> dict[str, dict[str, Any]]:
        """The rows of marts.customer_summaries of a company, by customer_id."""
        query = "select * from marts.customer_summaries where company_id = %s"
        return {row["customer_id"]: row for row in self.rows(query, [company_id])}

    def add_reader(self, company_id: str) -> str:
        """The login role of a company's dashboards; its name."""
        role = f"bi_{company_id}"
        with self._connected() as connection:
            connection.execute(
                sql.SQL("create role {} login in role bi_reader").format(
                    sql.Identifier(role)
                )
            )
        return role
