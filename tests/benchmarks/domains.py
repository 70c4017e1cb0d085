"""Measure the marts of the newer domains: what a day costs when the history grows.

``python -m tests.benchmarks.domains [--domain saas] [--rows 100000 1000000] [--days 730
730]``: product events of accounts that subscribed to plans with features, message
events, and registrants with their visits, of as many days (two years if not told). Ten
times the rows in ten times the days are a longer history, ten times the rows alone a
busier company. In one run and one database for each size: the marts of the domain from
nothing (the baseline, "full build"), after one more day landed, and what the views on
them take, at the 95th percentile. Seconds are of the
clock and of the processor (dbt and Postgres together), MiB the most that either held
in the daily build. The aim is that ten times the
history makes a day at most 1.5 times as dear.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
from dbt.artifacts.resources.types import NodeType
from psycopg import sql
from rich.console import Console
from rich.table import Table

from orchestration.lib.warehouse.database import libpq_environment
from tests.benchmarks.domain_rows import DOMAINS, Days, write
from tests.benchmarks.loader import database
from tests.benchmarks.memory import PeakMemory
from tests.benchmarks.warehouse import percentile_95
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.warehouse import Warehouse
from tests.suite.processes_cpu import cpu_seconds, watch_server

_COMPANY = "acme"
_FIRST, _DAYS = date(2024, 1, 1), 730
#: As many people in both histories: who stays has ten times as much to tell.
_PEOPLE = 5_000


@dataclass(frozen=True)
class _Cost:
    clock: float
    processor: float
    #: MiB of dbt and of Postgres.
    peaks: Mapping[str, float]


@dataclass(frozen=True)
class _Result:
    domain: str
    rows: int
    days: int
    full: _Cost
    daily: _Cost
    #: The slowest view and its 95th percentile, milliseconds.
    slowest: tuple[str, float]


def main() -> None:
    """Fill, build, add a day, build again, ask; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--domain", choices=DOMAINS, action="append")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--days", type=int, nargs="+", help="by size, 730 of the rest")
    arguments = parser.parse_args()
    console = Console()
    for domain in arguments.domain or DOMAINS:
        results = []
        lasting = iter(arguments.days or ())
        for rows in arguments.rows:
            days = next(lasting, _DAYS)
            console.print(f"{domain}: {rows:,} rows of {days:,} days …")
            results.append(_measure(domain, rows, days))
        console.print(_table(results))


def _measure(domain: str, rows: int, days: int) -> _Result:
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        warehouse = Warehouse(url, DbtProject(libpq_environment(url), Path(name)))
        server = _watch_server_of(url)
        warehouse.create_raw_tables()
        warehouse.dbt.run("build", "--exclude-resource-type", "unit_test")
        warehouse.execute(
            "insert into ops.companies values (%s, 'Acme', 'EUR', 'Europe/Madrid')",
            [_COMPANY],
        )
        write(url, _COMPANY, domain, Days(_FIRST, days, rows, 0), _PEOPLE)
        full = _build(warehouse, domain, days, server)
        a_day = Days(_FIRST + timedelta(days), 1, max(3, rows // days), rows)
        write(url, _COMPANY, domain, a_day, _PEOPLE)
        daily = _build(warehouse, domain, days + 1, server)
        slowest = _slowest(warehouse, domain)
        return _Result(domain, rows, days, full, daily, slowest)


def _watch_server_of(url: str) -> int | None:
    """Count the processor's seconds of the server; who it is, if on this machine."""
    with psycopg.connect(url) as connection:
        status = Path(f"/proc/{connection.info.backend_pid}/status")
        with suppress(OSError):
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
            server = int(told["PPid"])
            watch_server(server)
            return server
    return None


def _build(warehouse: Warehouse, domain: str, days: int, server: int | None) -> _Cost:
    """Build what the domain's marts need, as a company's run of the next day does."""
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    processor = _settled_cpu_seconds()
    clock = time.perf_counter()
    as_of = (_FIRST + timedelta(days)).isoformat()
    roots = {"dbt": os.getpid(), **({"Postgres": server} if server else {})}
    with PeakMemory(roots) as memory:
        warehouse.build(_COMPANY, as_of={_COMPANY: as_of}, only=[f"marts.{domain}"])
    taken = time.perf_counter() - clock
    return _Cost(taken, _settled_cpu_seconds() - processor, memory.peak_mib)


def _settled_cpu_seconds() -> float:
    """CPU seconds once servers have counted the connections that were just closed.

    While one ends, its seconds are in neither place or in both.
    """
    time.sleep(1)
    return cpu_seconds()


def _slowest(warehouse: Warehouse, domain: str) -> tuple[str, float]:
    """The domain's view that takes longest as the company's reader."""
    role = warehouse.add_reader(_COMPANY)
    manifest = warehouse.dbt.manifest
    assert manifest is not None
    views = [
        node.name
        for node in manifest.nodes.values()
        if node.fqn[1:3] == ["reporting", domain]
        and node.resource_type is NodeType.Model
        and node.config.materialized == "view"
    ]
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
        times = {
            name: percentile_95(
                connection,
                sql.SQL(
                    "select count(*) from (select * from {} offset 0) as rows"
                ).format(sql.Identifier("reporting", name)),
            )
            for name in views
        }
    return max(times.items(), key=lambda item: item[1])


def _table(results: list[_Result]) -> Table:
    table = Table(title=results[0].domain)
    for heading in (
        *("rows", "days", "full build", "a day", "ratio of days", "MiB"),
        "slowest view",
    ):
        table.add_column(heading, justify="right")
    base = results[0].daily.processor
    for result in results:
        name, milliseconds = result.slowest
        table.add_row(
            f"{result.rows:,}",
            f"{result.days:,}",
            f"{result.full.clock:.1f} s, CPU {result.full.processor:.1f}",
            f"{result.daily.clock:.1f} s, CPU {result.daily.processor:.1f}",
            f"{result.daily.processor / base:.2f}",
            ", ".join(f"{who} {mib:.0f}" for who, mib in result.daily.peaks.items()),
            f"{name} {milliseconds:.0f} ms",
        )
    return table


if __name__ == "__main__":
    main()
