"""Measure the marts: a full build, a day's changes, and what the dashboards ask.

``python -m tests.benchmarks.warehouse [--orders 1000000] [--companies 50]``. Simulated
shops are written into the raw tables with SQL. Then, in one run and one database: the
marts of every company from nothing (the baseline, "full build"); of a few companies
after 0.3 % of their orders changed; of the same companies when nothing changed; and
every KPI function and reporting view of one company. Give ``--orders`` twice or more
to see how the times grow. Uses the server of ``TIMONEL_DATABASE_URL``, or starts an
embedded one.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
from psycopg import sql
from rich.progress import track

from orchestration.lib.warehouse.database import libpq_environment
from tests.benchmarks.loader import database
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.warehouse import Warehouse

_HERE = Path(__file__).parent
_CHANGED_SHARE = 0.003
_REPEATS = 20


@dataclass(frozen=True)
class _Result:
    orders: int
    companies: int
    full: float
    daily: float
    unchanged: float
    queries: dict[str, float]


def main() -> None:
    """Fill, build, change, build again, ask; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--companies", type=int, default=50)
    parser.add_argument("--sample", type=int, default=5, help="companies per daily run")
    arguments = parser.parse_args()
    results = [
        _measure(orders, arguments.companies, arguments.sample)
        for orders in arguments.orders
    ]
    _print(results)


def _measure(orders: int, companies: int, sample: int) -> _Result:
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        shops = Shops(url, Path(name), orders // companies)
        names = [f"shop_{number:03}" for number in range(companies)]
        for company_id in track(names, f"Writing {orders:,} orders"):
            shops.write(company_id)
        shops.prepare()
        full = sum(shops.build(company_id) for company_id in track(names, "Building"))
        sampled = names[:sample]
        for company_id in sampled:
            shops.change(company_id)
        daily = median(shops.build(company_id) for company_id in sampled)
        unchanged = median(shops.build(company_id) for company_id in sampled)
        queries = dict(shops.ask(names[-1]))
    return _Result(orders, companies, full, daily, unchanged, queries)


class Shops:
    """Raw rows of simulated shops, and the project that builds on them."""

    def __init__(self, url: str, work: Path, orders: int) -> None:
        """Prepare shops of so many orders each; ``work`` is a folder for dbt."""
        self._orders = orders
        self._warehouse = Warehouse(url, DbtProject(libpq_environment(url), work))
        self._warehouse.create_raw_tables()
        # Views and empty marts: what stands before a company's first read.
        self._warehouse.dbt.run("build", "--exclude-resource-type", "unit_test")

    def write(self, company_id: str) -> None:
        """Write one shop's history."""
        self._run("warehouse_rows.sql", company=company_id, orders=self._orders)

    def prepare(self) -> None:
        """Do what the loader does after a read."""
        with psycopg.connect(self._warehouse.url, autocommit=True) as connection:
            connection.execute("vacuum analyze")

    def change(self, company_id: str) -> None:
        """Let a day pass at one shop."""
        changed = max(3, int(self._orders * _CHANGED_SHARE))
        self._run(
            "warehouse_changes.sql",
            company=company_id,
            orders=self._orders,
            step=self._orders // changed,
            changed=changed,
        )

    def build(self, company_id: str) -> float:
        """Rebuild one company's marts; seconds."""
        start = time.perf_counter()
        self._warehouse.build(company_id, as_of={company_id: "2026-01-02"})
        return time.perf_counter() - start

    def ask(self, company_id: str) -> Iterator[tuple[str, float]]:
        """95th percentile of each question's time, in milliseconds."""
        role = self.add_reader(company_id)
        with psycopg.connect(self._warehouse.url, autocommit=True) as connection:
            questions = [*views(connection), *functions(connection, company_id)]
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            for name, question in track(questions, "Asking"):
                yield name, percentile_95(connection, question)

    def add_reader(self, company_id: str) -> str:
        """Give the company a login; its role."""
        return self._warehouse.add_reader(company_id)

    def _run(self, file: str, **values: object) -> None:
        with psycopg.connect(self._warehouse.url) as connection:
            for statement in (_HERE / file).read_text().split(";\n\n"):
                connection.execute(statement.encode(), values)


def views(connection: psycopg.Connection) -> list[tuple[str, sql.Composed]]:
    rows = connection.execute(
        """select viewname from pg_views where schemaname = 'reporting'
        order by viewname"""
    )
    return [
        (
            name,
            # All rows are made and none is sent: the time of a dashboard's server.
            sql.SQL("select count(*) from (select * from {} offset 0) as rows").format(
                sql.Identifier("reporting", name)
            ),
        )
        for (name,) in rows
    ]


def functions(
    connection: psycopg.Connection, company_id: str
) -> list[tuple[str, sql.Composed]]:
    rows = connection.execute(
        """select proname, proargtypes::regtype[]::text[], pronargs - pronargdefaults
        from pg_proc
        where pronamespace = 'reporting'::regnamespace order by proname, pronargs"""
    )
    call = sql.SQL("select count(*) from {}({})")
    return [
        (
            name,
            call.format(
                sql.Identifier("reporting", name),
                sql.SQL(", ").join(_arguments(kinds[:needed], company_id)),
            ),
        )
        for name, kinds, needed in rows
    ]


def _arguments(kinds: Sequence[str], company_id: str) -> Iterator[sql.Literal]:
    """A value for each argument without a default: a company, a year, an amount."""
    days = iter((date(2025, 1, 1), date(2025, 12, 31)))
    for kind in kinds:
        yield sql.Literal(
            {"text": company_id, "numeric": 1_000}[kind]
            if kind != "date"
            else next(days)
        )


def percentile_95(connection: psycopg.Connection, question: sql.Composed) -> float:
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        connection.execute(question).fetchall()
        times.append((time.perf_counter() - start) * 1000)
    return quantiles(times, n=20)[-1]


def _print(results: Sequence[_Result]) -> None:
    base = results[0]
    for result in results:
        size = result.orders / base.orders
        per_company = result.full / result.companies
        print(f"\n{result.orders:,} orders of {result.companies} companies")
        rows: list[tuple[str, float, Any]] = [
            ("full build, all companies", result.full, base.full),
            ("one company, full build", per_company, base.full / base.companies),
            ("one company, 0.3 % changed", result.daily, base.daily),
            ("one company, nothing changed", result.unchanged, base.unchanged),
        ]
        for name, seconds, before in rows:
            print(
                f"  {name:30} {seconds:9.2f} s   {seconds / per_company:6.2f} of a"
                f" company's full build   {seconds / before:6.2f}x for {size:g}x"
            )
        slowest = sorted(result.queries.items(), key=lambda item: -item[1])
        print("  Questions of dashboards, 95th percentile, one company")
        for name, milliseconds in slowest:
            print(f"    {name:32} {milliseconds:8.1f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the Python side: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
