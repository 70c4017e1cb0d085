"""Measure how long an order that changes at the shop takes to reach people's rows.

``python -m tests.benchmarks.service_levels [--rounds 5] [--every 60] [--customers
1000]``. A sandbox serves a simulated shop in real time; every ten seconds some of its
orders are refunded, which the API tells as a change of now. The company is read and its
marts are built every so many seconds (0: without a pause), as the tactical schedule
does it: the shop and the marts, no model. Told: seconds from the change at the source
to the row that the reporting views read, and to its landing, over all changes; and what
`reporting.event_latency` says of the same, in begun minutes. Goal: 5 minutes.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import requests

from orchestration.definitions import defs
from orchestration.lib.companies import Company
from orchestration.lib.connections import list_connections, remove_connection
from orchestration.lib.dagster_home import open_instance
from orchestration.lib.example_companies import adopt_company
from orchestration.lib.partitions import partition_key
from orchestration.lib.sandbox import SandboxWorld, running_sandbox
from orchestration.lib.settings import Settings
from tests.benchmarks.loader import database

_COMPANY = "tienda_norte"
_GROUPS = (
    "ingest_shopify",
    *("dbt_staging", "dbt_personal", "dbt_intermediate", "dbt_marts"),
)
_SECONDS_BETWEEN_CHANGES = 10
_MORE_DAYS = 3
_GOAL_SECONDS = 300


def main() -> None:
    """Serve, read and build again and again while orders change; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", type=int, default=60)
    parser.add_argument("--customers", type=int, default=1_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        settings = Settings(Path(name) / "home", url)
        os.environ |= {
            "TIMONEL_HOME": str(settings.home),
            "TIMONEL_DATABASE_URL": url,
        }
        world = SandboxWorld(arguments.customers)
        with running_sandbox(settings, world, log=print) as sandbox:
            company = adopt_company(url, settings, sandbox, _COMPANY)
            for connection in list_connections(url, _COMPANY):
                if connection.source_slug != "shopify":
                    remove_connection(url, _COMPANY, connection.connection_id)
            seconds = [_refresh(settings, company)]
            print(f"first refresh: {seconds[0]:.0f} s (not counted)", flush=True)
            with _changing(sandbox.url):
                for _ in range(arguments.rounds):
                    seconds.append(_refresh(settings, company))
                    time.sleep(max(0, arguments.every - seconds[-1]))
        _print(url, seconds[1:])


@contextmanager
def _changing(sandbox: str) -> Iterator[None]:
    """Have orders refunded at the shop, until the block ends."""
    is_over = threading.Event()

    def change() -> None:
        # What was refunded once is left alone: further back there are others.
        days = itertools.count(_MORE_DAYS, _MORE_DAYS)
        while not is_over.wait(_SECONDS_BETWEEN_CHANGES):
            requests.post(
                f"{sandbox}/_sandbox/restate",
                json={
                    "company": _COMPANY,
                    "source": "shopify",
                    "days": next(days),
                },
                timeout=60,
            ).raise_for_status()

    changer = threading.Thread(target=change, daemon=True)
    changer.start()
    yield
    is_over.set()
    changer.join()


def _refresh(settings: Settings, company: Company) -> float:
    """Read the shop and build the marts; seconds it took."""
    started = time.monotonic()
    definitions = defs()
    graph = definitions.resolve_asset_graph()
    keys = [
        key
        for key in graph.get_all_asset_keys()
        if graph.get(key).is_materializable and graph.get(key).group_name in _GROUPS
    ]
    with open_instance(settings) as instance:
        instance.add_dynamic_partitions("companies", [company.company_id])
        day = company.last_complete_day(datetime.now(UTC))
        definitions.resolve_job_def("refresh_company").execute_in_process(
            instance=instance,
            asset_selection=keys,
            partition_key=partition_key(company.company_id, day),
        )
    return time.monotonic() - started


def _print(url: str, seconds: Sequence[float]) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute(_DELAYS).fetchone()
        told = connection.execute(_TOLD, (_COMPANY,)).fetchall()
    assert row is not None
    count, *delays = row
    print(f"\n{len(seconds)} refreshes of {min(seconds):.0f} to {max(seconds):.0f} s")
    print(f"{count} changed orders; seconds from the change at the shop")
    print(f"{'':12}{'p50':>8}{'p95':>8}{'max':>8}")
    for stage, values in (("landed", delays[:3]), ("readable", delays[3:])):
        print(f"{stage:12}" + "".join(f"{value:>8.1f}" for value in values))
    print(
        f"goal: {_GOAL_SECONDS} s {'met' if delays[5] <= _GOAL_SECONDS else 'MISSED'}"
    )
    print("\nreporting.event_latency, begun minutes: p50, p95, max, share in time")
    for stage, *values in told:
        print(f"{stage:12}" + "".join(f"{value:>8.3g}" for value in values))


_DELAYS = """
with refreshes as (
    select data_as_of, landed_at, readable_at,
        lag(landed_at) over (order by data_as_of) as landed_before,
        lag(data_as_of) over (order by data_as_of) as before
    from ops.freshness_measurements where source_slug = 'shopify'
), delays as (
    select extract(epoch from orders._sdc_batched_at - orders.updated_at) as landed,
        extract(epoch from refreshes.readable_at - orders.updated_at) as readable
    from refreshes join raw_shopify.orders as orders
        on orders._sdc_batched_at > refreshes.landed_before
        and orders._sdc_batched_at <= refreshes.landed_at
        and orders.updated_at > refreshes.before
)
select count(*),
    percentile_cont(0.5) within group (order by landed),
    percentile_cont(0.95) within group (order by landed), max(landed)::float8,
    percentile_cont(0.5) within group (order by readable),
    percentile_cont(0.95) within group (order by readable), max(readable)::float8
from delays
"""

_TOLD = """
select stage_id, median_minutes, p95_minutes, max_minutes, share_within_target
from reporting.event_latency
where company_id = %s and service_level = 'tactical' order by stage_id
"""

if __name__ == "__main__":
    main()
