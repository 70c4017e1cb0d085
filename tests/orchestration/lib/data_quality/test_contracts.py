"""Suites name what taps announce, find what is wrong, and show keys only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.data_quality.contracts.judgement import Breach, Landed, breaches
from orchestration.lib.data_quality.contracts.rules import OneOf
from orchestration.lib.data_quality.contracts.suites import SUITES
from taps.raw_tables import RawTable, raw_tables
from taps.target_postgres.column_types import columns_of
from taps.target_postgres.tables import prepare_table
from taps.target_postgres.warehouse import Warehouse
from tests.conftest import NewDatabase

_NOW = datetime.now(UTC)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_A_VALUE: dict[str, object] = {
    "text": "a",
    "date": date(2026, 1, 1),
    "bigint": 2026,
    "numeric": 1,
    "boolean": True,
    "timestamptz": datetime(2026, 1, 1, tzinfo=UTC),
    "timestamp with time zone": datetime(2026, 1, 1, tzinfo=UTC),
}


@cache
def _announced() -> dict[str, dict[str, RawTable]]:
    return {
        source: {table.name.table: table for table in raw_tables(source)}
        for source in SOURCES
    }


def _types(source: str, table: str) -> dict[str, str]:
    raw = _announced()[source][table]
    columns = columns_of(table, raw.schema, raw.key)
    return {column.name: column.type.value for column in columns}


def test_every_table_of_every_source_has_a_contract_with_the_key_of_its_tap() -> None:
    keys = {
        source: {contract.table: set(contract.key) for contract in contracts}
        for source, contracts in SUITES.items()
    }

    assert keys == {
        source: {name: set(table.key) for name, table in tables.items()}
        for source, tables in _announced().items()
    }


def test_every_rule_is_about_columns_that_the_tap_announces() -> None:
    unknown = {
        (source, contract.table, column)
        for source, contracts in SUITES.items()
        for contract in contracts
        for rule in (*contract.key_rules, *contract.rules)
        for column in rule.columns
        if column not in _types(source, contract.table)
    }

    assert unknown == set()


def test_examples_never_show_what_people_wrote() -> None:
    shown = {
        column
        for contracts in SUITES.values()
        for contract in contracts
        for column in contract.shown
    }

    assert shown.isdisjoint({"query", "page", "email", "phone", "first_name", "rut"})


@pytest.fixture(scope="module")
def url(new_database: NewDatabase) -> Iterator[str]:
    """A database with the raw tables of every source, made once."""
    with new_database() as made:
        warehouse = Warehouse(made, "loader")
        try:
            for tables in _announced().values():
                for table in tables.values():
                    columns = columns_of(table.name.table, table.schema, table.key)
                    prepare_table(warehouse, table.name, columns)
        finally:
            warehouse.close()
        yield made


def _land(
    url: str,
    source: str,
    table: str,
    company: str = "acme",
    at: datetime = _NOW,
    **values: object,
) -> None:
    """One row with its key, and nothing else but what is given."""
    types = _types(source, table)
    (contract,) = (each for each in SUITES[source] if each.table == table)
    needed = (*contract.key, *contract.references)
    words = {r.column: r.values[0] for r in contract.rules if isinstance(r, OneOf)}
    row = {name: words.get(name, _A_VALUE[types[name]]) for name in needed} | values
    row |= {"company_id": company, "_sdc_batched_at": at}
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(f"raw_{source}", table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join([sql.Placeholder()] * len(row)),
    )
    with psycopg.connect(url) as admin:
        admin.execute(statement, [*row.values()])


def _found(url: str, source: str, **options: Any) -> list[Breach]:
    since = options.pop("since", _LONG_AGO)
    return breaches(url, Landed("acme", SOURCES[source], since, **options))


@pytest.fixture(autouse=True)
def _empty(url: str) -> Iterator[None]:
    yield
    with psycopg.connect(url) as admin:
        for source, tables in _announced().items():
            for table in tables:
                name = sql.Identifier(f"raw_{source}", table)
                admin.execute(sql.SQL("delete from {}").format(name))


def test_every_rule_can_be_asked_and_what_is_missing_breaks_none(url: str) -> None:
    for source, contracts in SUITES.items():
        for contract in contracts:
            is_visit = contract.table == "order_visits"
            role: dict[str, Any] = {"visit_role": "first"} if is_visit else {}
            _land(url, source, contract.table, **role)

    assert [breach for source in SUITES for breach in _found(url, source)] == []


_TOMORROW = _NOW + timedelta(days=3)
# Table, what one row says, the promise that it breaks.
_SHOPIFY_FAULTS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("orders", {"currency_code": "euros"}, "currency_code is three capital letters"),
    ("orders", {"total_price": -1}, "total_price is from 0"),
    ("orders", {"financial_status": "settled"}, "financial_status is one of"),
    ("orders", {"created_at": _TOMORROW}, "created_at is after 2006-01-01 and not in"),
    ("orders", {"created_at": datetime(1970, 1, 1, tzinfo=UTC)}, "created_at is after"),
    ("discount_codes", {"percentage": 20}, "percentage is from 0 to 1"),
    ("order_line_items", {"order_id": " "}, "order_id is filled in"),
    ("order_line_items", {"order_id": None}, "order_id is filled in"),
    ("order_days", {"date": date(2099, 1, 1)}, "date is after 2000-01-01"),
)
_OTHER_FAULTS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("meta_ads", "campaign_days", {"spend": -0.01}, "spend is from 0"),
    (
        "meta_ads",
        "account_days",
        {"clicks": 3, "impressions": 2},
        "clicks is at most impressions",
    ),
    (
        "google_ads",
        "campaign_days",
        {"cost": 1, "cost_micros": 1},
        "cost is cost_micros divided by a million",
    ),
    (
        "search_console",
        "site_days",
        {"position": 0.5, "impressions": 3},
        "position is 1 or more",
    ),
    ("calendar", "holidays", {"year": 2025}, "date lies in its year"),
    ("weather", "locations", {"latitude": 91}, "latitude is from -90 to 90"),
    ("files", "currency_rates", {"rate": 0}, "rate is above 0"),
    ("files", "ad_spend", {"channel": ""}, "channel is filled in"),
)


def test_each_fault_of_a_shop_is_found_counted_and_named(url: str) -> None:
    expected = set()
    for number, (table, fault, promise) in enumerate(_SHOPIFY_FAULTS):
        key: dict[str, Any] = {} if table == "order_days" else {"id": f"bad{number}"}
        _land(url, "shopify", table, **{**key, **fault})
        key = {"date": date(2099, 1, 1)} if table == "order_days" else key
        expected |= {(table, promise, f"{n}={v}") for n, v in key.items()}
        if table != "order_days":
            _land(url, "shopify", table, id=f"good{number}")

    found = _found(url, "shopify")

    for table, promise, example in expected:
        (breach,) = (
            each
            for each in found
            if each.table == table
            and each.promise.startswith(promise)
            and example in each.examples
        )
        assert breach.is_blocking == promise.endswith("filled in")
    assert not any("good" in example for each in found for example in each.examples)
    blank, empty = (e for e in found if e.promise == "order_id is filled in")
    assert (blank.row_count, empty.row_count) == (1, 1)


@pytest.mark.parametrize(("source", "table", "fault", "promise"), _OTHER_FAULTS)
def test_each_fault_of_another_source_is_found(
    url: str, source: str, table: str, fault: dict[str, Any], promise: str
) -> None:
    _land(url, source, table, **fault)

    (breach,) = _found(url, source)

    assert breach.table == table
    assert breach.promise.startswith(promise)
    assert breach.row_count == 1


def test_a_breach_is_a_sentence_with_three_examples_and_no_value(url: str) -> None:
    for number in range(5):
        _land(url, "shopify", "orders", id=f"o{number}", currency_code="secret words")

    (breach,) = _found(url, "shopify")

    assert len(breach.examples) == 3
    assert str(breach).startswith(
        "orders: 5 rows do not keep: currency_code is three capital letters, as in "
        "ISO 4217, such as id=o"
    )
    assert "secret words" not in repr(breach)


def test_a_row_of_a_file_is_named_by_the_file_and_its_line(url: str) -> None:
    _land(url, "files", "ad_spend", file_name="ads.csv", line_number=7, spend=-1)

    (breach,) = _found(url, "files")

    assert breach.examples == ("file_name=ads.csv, line_number=7",)


def test_who_bought_as_a_guest_breaks_no_promise(url: str) -> None:
    _land(url, "files", "purchases", customer_id=None, amount=10)
    _land(url, "shopify", "orders", customer_id=None)
    _land(url, "files", "shopify_order_lines", email=None)
    _land(url, "files", "marketplace_orders", user_id=None)

    assert [*_found(url, "files"), *_found(url, "shopify")] == []


def test_only_rows_of_the_company_that_landed_since_are_judged(url: str) -> None:
    _land(url, "shopify", "orders", company="bolt", total_price=-1)
    _land(url, "shopify", "orders", at=_NOW - timedelta(days=1), total_price=-1)

    assert _found(url, "shopify", since=_NOW) == []


def test_days_that_were_asked_for_again_are_those_that_came(url: str) -> None:
    for day in (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 5)):
        _land(url, "meta_ads", "campaign_days", date=day)
    # Another run's rows, which this one did not ask for.
    earlier = _NOW - timedelta(hours=1)
    _land(url, "meta_ads", "campaign_days", at=earlier, date=date(2026, 1, 9))

    (breach,) = _found(
        url, "meta_ads", read_at=_NOW, days=(date(2026, 1, 1), date(2026, 1, 3))
    )

    assert breach.promise == "date is from 2026-01-01 to 2026-01-03, as asked"
    assert breach.examples == ("account_id=a, date=2026-01-05, campaign_id=a",)


def test_a_table_that_lost_its_primary_key_is_asked_for_rows_that_are_there_twice(
    url: str,
) -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            "alter table raw_weather.locations drop constraint locations_pkey"
        )
    try:
        _land(url, "weather", "locations")
        assert _found(url, "weather") == []

        _land(url, "weather", "locations")
        (breach,) = _found(url, "weather")
    finally:
        with psycopg.connect(url) as admin:
            admin.execute("delete from raw_weather.locations")
            admin.execute(
                "alter table raw_weather.locations"
                " add primary key (company_id, location_id)"
            )

    assert breach.is_blocking
    assert breach.promise.startswith("location_id names one row")
    assert breach.row_count == 2


def test_judging_writes_nothing_and_speaks_to_nobody_else(
    url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    _land(url, "weather", "days", sunshine_hours=30)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert len(_found(url, "weather")) == 1

    assert list(tmp_path.rglob("*")) == []
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
