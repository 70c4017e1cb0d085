"""The tap against the sandbox's shops, over HTTP, with faults switched on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from tenacity import wait_fixed

from sandbox.shopify.odd_orders import KINDS
from taps.api_source.errors import SourceError
from taps.tap_shopify.tap import TapShopify
from tests.taps.tap_runs import Output, Run, sync

TREE = (
    "orders",
    "order_line_items",
    "order_refunds",
    "refund_line_items",
    "order_transactions",
    "order_sales",
    "order_visits",
)
#: The listing of ids is a test of its own.
BULK = {"bulk_from_orders": 0, "deleted_orders_days": 0}
PAGES = {"bulk_from_orders": 25000, "deleted_orders_days": 0}


@dataclass
class Sandbox:
    """Its clock stands still: an order of the next minute is no order yet."""

    url: str
    configs: dict[str, dict[str, Any]]
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    def fault(self, kind: str, **options: Any) -> None:
        """Switch a fault on for requests to Shopify's API."""
        body = {"kind": kind, "path_contains": "graphql", **options}
        requests.post(f"{self.url}/_sandbox/faults", json=body).raise_for_status()

    def clear(self) -> None:
        """Switch all faults off."""
        requests.delete(f"{self.url}/_sandbox/faults").raise_for_status()

    def shift_clock(self, seconds: int) -> None:
        """Let time pass at Shopify."""
        body = {"now": self.started_at, "shift_seconds": seconds}
        requests.post(f"{self.url}/_sandbox/clock", json=body).raise_for_status()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(home)]
    options = ["--port", "0", "--customers", "60", "--seed", "7", "--no-files"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            url = json.loads(process.stdout.readline())["url"]
            told = requests.get(f"{url}/_sandbox/connections", timeout=30).json()
            served = Sandbox(url, _configs(told))
            served.shift_clock(0)
            yield served
        finally:
            process.terminate()


@pytest.fixture
def sandbox(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    # Shopify's own waits are real, so that buckets refill; a backoff is not waited
    # out, and pages are small, so that little has to be refilled.
    monkeypatch.setattr("taps.api_source.http._backoff", wait_fixed(0.01))
    monkeypatch.setattr("taps.tap_shopify.collection._COST_AIM", 400.0)
    server.fault("bulk_seconds", seconds=0, times=None)
    yield server
    server.clear()
    server.shift_clock(0)


@pytest.fixture(scope="module")
def in_bulk(server: Sandbox) -> dict[str, Output]:
    """What undisturbed runs write, by company."""
    companies = ("tienda_norte", "andes")
    return {c: sync(TapShopify, {**server.configs[c], **BULK}) for c in companies}


@pytest.fixture(scope="module")
def undisturbed(in_bulk: dict[str, Output]) -> dict[str, set[str]]:
    return rows(in_bulk["tienda_norte"])


def _configs(companies: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Settings of the companies with a shop: one of the sandbox's has none."""
    connections = {name: told["connections"] for name, told in companies.items()}
    return {
        name: {**found["shopify"]["settings"], **found["shopify"]["secrets"]}
        for name, found in connections.items()
        if "shopify" in found
    }


def rows(output: Output) -> dict[str, set[str]]:
    """What a target would hold: rows without when they were read, each once."""
    return {
        stream: {json.dumps(row, sort_keys=True) for row in output.records(stream)}
        for stream in TREE
    }


def test_pages_and_bulk_give_the_same_rows(
    sandbox: Sandbox, undisturbed: dict[str, set[str]]
) -> None:
    config = sandbox.configs["tienda_norte"]
    by_pages = sync(TapShopify, {**config, "bulk_from_orders": 25000})
    assert rows(by_pages) == undisturbed
    assert all(undisturbed[stream] for stream in TREE)


def test_more_than_the_shop_counts_exactly_is_read_in_parts(
    sandbox: Sandbox, undisturbed: dict[str, set[str]]
) -> None:
    sandbox.fault("inexact_counts", most=40, times=None)
    output = sync(TapShopify, {**sandbox.configs["tienda_norte"], **BULK})
    assert rows(output) == undisturbed
    counted = sum(day["order_count"] for day in output.records("order_days"))
    assert counted == len({row["id"] for row in output.records("orders")}) > 40


@pytest.mark.parametrize("company", ["tienda_norte", "andes"])
def test_the_ledger_of_each_order_is_what_is_left_of_it(
    in_bulk: dict[str, Output], company: str
) -> None:
    output = in_bulk[company]
    ledger: Counter[str] = Counter()
    for sale in output.records("order_sales"):
        ledger[sale["order_id"]] += round(sale["total"] * 100)
    orders = output.records("orders")
    assert orders
    assert {o["id"]: round(o["current_total_price"] * 100) for o in orders} == ledger


def test_the_rows_are_as_many_as_the_shop_counts_by_day(
    in_bulk: dict[str, Output],
) -> None:
    output = in_bulk["tienda_norte"]
    counted = sum(day["order_count"] for day in output.records("order_days"))
    assert len({row["id"] for row in output.records("orders")}) == counted


def test_two_shops_with_the_same_ids_are_read_apart(
    in_bulk: dict[str, Output],
) -> None:
    one = in_bulk["tienda_norte"].records("orders")
    other = in_bulk["andes"].records("orders")
    assert {row["id"] for row in one} & {row["id"] for row in other}
    assert {row["currency_code"] for row in one} == {"EUR"}
    assert {row["currency_code"] for row in other} == {"CLP"}


def test_a_second_run_is_small_and_a_restated_order_is_in_it(
    sandbox: Sandbox, in_bulk: dict[str, Output]
) -> None:
    config, first = sandbox.configs["andes"], in_bulk["andes"]
    body = {"company": "andes", "source": "shopify", "days": 28, "factor": 0.5}
    requests.post(f"{sandbox.url}/_sandbox/restate", json=body).raise_for_status()
    sandbox.shift_clock(3600)
    second = sync(TapShopify, config, json.loads(json.dumps(first.state)))
    assert second.records("order_refunds")
    assert len(second.records("orders")) < len(first.records("orders")) / 2


@pytest.mark.parametrize("way", [PAGES, BULK], ids=["pages", "bulk"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "shopify_throttle", "times": 3},
        {"kind": "throttle", "times": 2, "retry_after": 1},
        {"kind": "throttle", "times": 2, "retry_after": None},
        {"kind": "server_error", "times": 3},
        {"kind": "truncated_body", "times": 2},
        {"kind": "token_expired", "after": 6},
        {"kind": "duplicate_ids"},
        {"kind": "page_missing"},
        {"kind": "page_repeated"},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_under_a_fault_the_rows_are_right_or_the_run_fails_without_a_bookmark(
    sandbox: Sandbox,
    undisturbed: dict[str, set[str]],
    fault: dict[str, Any],
    way: dict[str, Any],
) -> None:
    config = {**sandbox.configs["tienda_norte"], **way, "page_size": 20}
    sandbox.fault(**{"after": 4, "times": 1, **fault})
    run = Run(TapShopify, config)
    try:
        output = run.sync()
    except SourceError:
        bookmarks = run.output.state.get("bookmarks", {})
        assert "replication_key_value" not in bookmarks.get("orders", {})
    else:
        assert rows(output) == undisturbed


def test_no_secret_is_in_what_is_written(
    sandbox: Sandbox, in_bulk: dict[str, Output]
) -> None:
    config = sandbox.configs["tienda_norte"]
    written = json.dumps(in_bulk["tienda_norte"].messages)
    assert config["client_secret"] not in written
    assert "shpat_" not in written


# --- as a process -------------------------------------------------------------------


@dataclass
class Ended:
    """A process of the tap that ended by itself."""

    status: int
    output: Output
    errors: str


def run_process(
    folder: Path, config: dict[str, Any], state: dict[str, Any] | None = None
) -> Ended:
    """Run the command; one that hangs fails the test."""
    arguments = [sys.executable, "-m", "taps.tap_shopify", "--config", "config.json"]
    (folder / "config.json").write_text(json.dumps(config))
    if state is not None:
        (folder / "state.json").write_text(json.dumps(state))
        arguments += ["--state", "state.json"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run(
        arguments,
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=60,
    )
    messages = [json.loads(line) for line in ended.stdout.splitlines()]
    return Ended(ended.returncode, Output(messages), ended.stderr.decode())


def bookmark_of(output: Output) -> str | None:
    bookmarks = output.state.get("bookmarks", {})
    value: str | None = bookmarks.get("orders", {}).get("replication_key_value")
    return value


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout", "seconds": 30},
        {"kind": "slow_drip", "bytes_per_second": 20},
        {"kind": "slow_drip", "bytes_per_second": 20, "path_contains": "/bulk/"},
        {"kind": "truncated_body", "path_contains": "/bulk/"},
    ],
    ids=["timeout", "slow_drip", "slow_file", "cut_file"],
)
def test_a_process_outlives_a_hanging_source(
    sandbox: Sandbox,
    undisturbed: dict[str, set[str]],
    tmp_path: Path,
    fault: dict[str, Any],
) -> None:
    config = {**sandbox.configs["tienda_norte"], **BULK}
    sandbox.fault(**{"after": 0 if "path_contains" in fault else 4, **fault})
    ended = run_process(tmp_path, {**config, "request_timeout_seconds": 1.5})
    assert ended.status == 0, ended.errors
    assert rows(ended.output) == undisturbed
    assert "trying again" in ended.errors


def test_a_process_ends_when_the_schema_changes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.fault("schema_change", field="Order.currentTotalPriceSet", times=None)
    ended = run_process(tmp_path, sandbox.configs["tienda_norte"])
    assert ended.status == 1
    assert ended.errors.splitlines()[-1].startswith("ERROR: ")
    assert "currentTotalPriceSet" in ended.errors
    assert "Traceback" not in ended.errors
    assert bookmark_of(ended.output) is None


@pytest.mark.parametrize("seconds", [7200, -7200])
def test_a_process_loses_nothing_to_a_clock_that_is_wrong(
    sandbox: Sandbox,
    undisturbed: dict[str, set[str]],
    tmp_path: Path,
    seconds: int,
) -> None:
    config = {**sandbox.configs["tienda_norte"], **BULK}
    sandbox.fault("clock_skew", seconds=seconds, times=None)
    started = datetime.now(UTC)
    first = run_process(tmp_path, config)
    assert first.status == 0, first.errors
    bookmark = bookmark_of(first.output)
    assert bookmark is not None
    assert datetime.fromisoformat(bookmark) <= started + timedelta(minutes=1)
    sandbox.clear()
    second = run_process(tmp_path, config, first.output.state)
    assert second.status == 0, second.errors
    ids = {
        row["id"]
        for output in (first.output, second.output)
        for row in output.records("orders")
    }
    assert ids == {json.loads(row)["id"] for row in undisturbed["orders"]}


# --- last, because what it orders stays in the shop ---------------------------------


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_ledger_of_an_odd_order_is_what_is_left_of_it(
    sandbox: Sandbox, kind: str
) -> None:
    body = {"company": "tienda_norte", "number": 3, "kind": kind}
    sandbox.shift_clock(-7200)
    told = requests.post(f"{sandbox.url}/_sandbox/orders", json=body, timeout=30)
    placed = set(told.json()["placed"])
    sandbox.shift_clock(0)
    days = [date.today() + timedelta(days=n) for n in (-1, 1)]
    ranges = dict(zip(("start_date", "end_date"), map(str, days), strict=True))
    output = sync(TapShopify, {**sandbox.configs["tienda_norte"], **ranges})
    orders = {o["id"]: o for o in output.records("orders") if o["id"] in placed}
    ledger: Counter[str] = Counter()
    for sale in output.records("order_sales"):
        if sale["order_id"] in placed:
            ledger[sale["order_id"]] += round(sale["total"] * 100)
    assert set(orders) == placed
    left = {key: round(o["current_total_price"] * 100) for key, o in orders.items()}
    assert left == ledger
