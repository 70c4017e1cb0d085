"""Measure how long an order placed at the shop takes to reach people's rows.

``python -m tests.benchmarks.service_levels [--level tactical] [--rounds 5] [--every
60] [--customers 1000]``. A sandbox serves a simulated shop in real time, with its ads;
every ten seconds two orders are placed there, visible to the API at once. The job of
the level's schedule runs at each tick, and ticks come as the schedule says, or every so
many seconds: an order's wait for its tick is then stretched to the schedule's interval,
the read and dbt are as measured. Told: p50, p95 and the longest of the seconds from the
order to its landing and to the row that the reporting views read. The exit code is 1
when the longest is beyond what is promised (`service_level_targets.csv`). Not in it:
what else runs on the machine, and how long a shop's own search index takes.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import numpy as np
import psycopg
import requests

from orchestration.definitions import defs
from orchestration.defs.jobs import hourly_refresh, tactical_refresh
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import SandboxWorld, running_sandbox
from orchestration.lib.operations.dagster_home import open_instance
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.example_companies import adopt_company
from orchestration.lib.tenancy.partitions import partition_key
from orchestration.lib.warehouse.dbt import dbt_project
from tests.benchmarks.loader import database

_COMPANY = "tienda_norte"
_SCHEDULES = {"tactical": tactical_refresh, "operational": hourly_refresh}
_SECONDS_BETWEEN_ORDERS = 10
_ORDERS_AT_ONCE = 2


@dataclass(frozen=True)
class _Refresh:
    """When a run of the level's job began and ended."""

    began_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.began_at).total_seconds()


def main() -> None:
    """Serve, read and build again and again while orders are placed; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", choices=[*_SCHEDULES, "all"], default="all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", type=int, help="seconds; else as scheduled")
    parser.add_argument("--customers", type=int, default=1_000)
    arguments = parser.parse_args()
    levels = list(_SCHEDULES) if arguments.level == "all" else [arguments.level]
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        settings = Settings(Path(name) / "home", url)
        os.environ |= {
            "TIMONEL_HOME": str(settings.home),
            "TIMONEL_DATABASE_URL": url,
        }
        world = SandboxWorld(arguments.customers)
        with running_sandbox(settings, world, log=print) as sandbox:
            company = adopt_company(url, settings, sandbox, _COMPANY)
            first = _refresh(settings, company, hourly_refresh)
            print(f"first refresh: {first.seconds:.0f} s (not counted)", flush=True)
            is_met = [
                _measure(settings, url, sandbox.url, company, level, arguments)
                for level in levels
            ]
    sys.exit(0 if all(is_met) else 1)


def _measure(  # noqa: PLR0917  (a world and what is asked of it)
    settings: Settings,
    url: str,
    sandbox: str,
    company: Company,
    level: str,
    arguments: argparse.Namespace,
) -> bool:
    """Run a level's job at each tick; print, and say whether the promise was kept."""
    schedule = _SCHEDULES[level]
    interval = _longest_wait(str(schedule.cron_schedule))
    every = arguments.every or interval
    refreshes = []
    with _ordering(sandbox) as placed:
        for _ in range(arguments.rounds):
            refreshes.append(_refresh(settings, company, schedule))
            # A run that is not over is not overlapped: the next tick finds it done.
            time.sleep(every - refreshes[-1].seconds % every)
        refreshes.append(_refresh(settings, company, schedule))
    delays = _delays(url, placed, refreshes, interval)
    target = _target(level)
    seconds = [each.seconds for each in refreshes]
    print(f"\n{level}: a tick each {interval} s, here each {every} s")
    print(f"{len(seconds)} refreshes of {min(seconds):.0f} to {max(seconds):.0f} s")
    print(f"{len(delays)} of {len(placed)} orders placed were readable in the end")
    print(f"{'seconds':12}{'p50':>8}{'p95':>8}{'max':>8}")
    for stage, values in zip(("landed", "readable"), delays.T, strict=True):
        told = (*np.percentile(values, (50, 95)), values.max())
        print(f"{stage:12}" + "".join(f"{value:>8.1f}" for value in told))
    is_met = bool(delays[:, 1].max() <= target)
    print(f"promised: {target} s, {'kept' if is_met else 'MISSED'}", flush=True)
    return is_met


def _longest_wait(cron: str) -> int:
    """Seconds between two ticks at most, of a schedule that knows minutes only."""
    minutes, *rest = cron.split()
    if set(rest) != {"*"}:
        raise ValueError(f"{cron!r} is not the same each hour")
    if minutes.startswith("*/"):
        return 60 * int(minutes.removeprefix("*/"))
    ticks = sorted(int(minute) for minute in minutes.split(","))
    around = [*ticks, ticks[0] + 60]
    return 60 * max(later - sooner for sooner, later in itertools.pairwise(around))


def _target(level: str) -> int:
    """Seconds that are promised."""
    rules = dbt_project.project_dir / "seeds" / "rules"
    seed = rules / "service_level_targets.csv"
    with seed.open(newline="") as file:
        rows = {row["service_level"]: row for row in csv.DictReader(file)}
    return 60 * int(rows[level]["target_minutes"])


@contextmanager
def _ordering(sandbox: str) -> Iterator[dict[str, datetime]]:
    """Have orders placed until the block ends; when each was, by id."""
    is_over = threading.Event()
    placed: dict[str, datetime] = {}

    def place() -> None:
        while True:
            answer = requests.post(
                f"{sandbox}/_sandbox/orders",
                json={"company": _COMPANY, "number": _ORDERS_AT_ONCE},
                timeout=60,
            )
            answer.raise_for_status()
            now = datetime.now(UTC)
            placed.update(dict.fromkeys(answer.json()["placed"], now))
            if is_over.wait(_SECONDS_BETWEEN_ORDERS):
                return

    customer = threading.Thread(target=place, daemon=True)
    customer.start()
    try:
        yield placed
    finally:
        is_over.set()
        customer.join()


def _refresh(
    settings: Settings, company: Company, schedule: dg.ScheduleDefinition
) -> _Refresh:
    """Run the schedule's job for the company, in this process."""
    began_at = datetime.now(UTC)
    with open_instance(settings) as instance:
        instance.add_dynamic_partitions("companies", [company.company_id])
        day = company.last_complete_day(began_at)
        defs().resolve_job_def(schedule.job_name).execute_in_process(
            instance=instance, partition_key=partition_key(company.company_id, day)
        )
    return _Refresh(began_at, datetime.now(UTC))


def _delays(
    url: str,
    placed: dict[str, datetime],
    refreshes: Sequence[_Refresh],
    interval: int,
) -> np.ndarray:
    """Seconds to landing and to reading, a row per order; waits as scheduled.

    An order waits for the refresh that brought it. That wait is stretched as if the
    ticks before and after it were a whole interval apart.
    """
    found = []
    with psycopg.connect(url) as connection:
        rows = connection.execute(_LANDED, (_COMPANY, list(placed))).fetchall()
    for order_id, landed_at, readable_at in rows:
        at = placed[order_id]
        after = [each for each in refreshes if each.began_at <= landed_at]
        before, brought = ([None, *after])[-2], after[-1]
        wait = max(0.0, (brought.began_at - at).total_seconds())
        if before is not None:
            gap = (brought.began_at - before.began_at).total_seconds()
            wait *= max(1.0, interval / gap)
        worked_from = max(brought.began_at, at)
        found.append(
            [
                wait + (done - worked_from).total_seconds()
                for done in (landed_at, readable_at)
            ]
        )
    return np.array(found).reshape(-1, 2)


# An order is readable with the first build that ended after it had landed.
_LANDED = """
select split_part(orders.id, '/', -1), orders._sdc_batched_at, readable.readable_at
from raw_shopify.orders as orders
cross join lateral (
    select min(readable_at) as readable_at from ops.freshness_measurements
    where company_id = orders.company_id and source_slug = 'shopify'
        and readable_at > orders._sdc_batched_at
) as readable
where orders.company_id = %s and split_part(orders.id, '/', -1) = any(%s)
    and readable.readable_at is not null
"""

if __name__ == "__main__":
    main()
