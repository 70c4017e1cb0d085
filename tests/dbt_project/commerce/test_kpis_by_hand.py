"""Every KPI of twenty orders is what is counted by hand, in SQL and in Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from orchestration.lib.reporting import kpis
from tests.dbt_project.kpi_answers import (
    ACME,
    ACME_FEBRUARY,
    BEFORE,
    BOLT,
    BOLT_TEN_DAYS,
    PAGES,
)
from tests.dbt_project.kpi_shops import Shops
from tests.dbt_project.warehouse import Warehouse

FUNCTIONS = [*PAGES, "get_rfm_segmentation"]
CASES = [(function, *key) for function, page in PAGES.items() for key in page]
JANUARY = ("2025-01-01", "2025-01-31")
SEGMENTS: dict[tuple[str, tuple[str, str]], dict[str, tuple[object, ...]]] = {
    # Last purchase, how often, how much; recency in days, scores, segment. With seven
    # customers a score is 1 + floor(5 * (mean rank - 0.5) / 7). Recency ranks c6 c7 c2
    # c3 c4 c1 c5 from 1. Frequency: c4, c5, c7 share 1 to 3, c6 is 4, c1, c2, c3 share
    # 5 to 7. Monetary ranks c5 c4 c7 c3 c1 c2 c6.
    ("acme", ACME): {
        "c1": (16, 3, Decimal("199.95"), 4, 4, 4, "champions"),
        "c2": (39, 3, Decimal("350.00"), 2, 4, 4, "at_risk"),
        "c3": (30, 3, Decimal("120.00"), 3, 4, 3, "loyal_customers"),
        "c4": (29, 1, Decimal("45.00"), 4, 2, 2, "potential_loyalists"),
        "c5": (11, 1, Decimal("25.05"), 5, 2, 1, "potential_loyalists"),
        "c6": (395, 2, Decimal("510.00"), 1, 3, 5, "cannot_lose"),
        "c7": (70, 1, Decimal("50.00"), 2, 2, 2, "about_to_sleep"),
    },
    # With five a score is 1 + floor(mean rank - 0.5). Recency ranks c6 c7 c1 c2 c3.
    # Frequency: c7, then c1, c3, c6 sharing 2 to 4, c2. Monetary c7 c3 c1 c2 c6.
    ("acme", ACME_FEBRUARY): {
        "c1": (18, 2, Decimal("159.95"), 3, 3, 3, "loyal_customers"),
        "c2": (8, 3, Decimal("350.00"), 4, 5, 4, "champions"),
        "c3": (0, 2, Decimal("100.00"), 5, 3, 2, "potential_loyalists"),
        "c6": (364, 2, Decimal("510.00"), 1, 3, 5, "cannot_lose"),
        "c7": (39, 1, Decimal("50.00"), 2, 1, 1, "about_to_sleep"),
    },
    # With six: 1 + floor(5 * (mean rank - 0.5) / 6). Recency ranks u1 u2 u4 u5 u6 u7.
    # Frequency: u6, then u4, u5 sharing 2 and 3, u1, u7 sharing 4 and 5, u2. Monetary
    # u6 u5 u4 u1 u2 u7.
    ("bolt", BOLT): {
        "u1": (28, 3, Decimal("75000.00"), 1, 4, 3, "cannot_lose"),
        "u2": (27, 4, Decimal("100000.00"), 2, 5, 4, "at_risk"),
        "u4": (22, 2, Decimal("58000.00"), 3, 2, 3, "loyal_customers"),
        "u5": (19, 2, Decimal("54000.00"), 3, 2, 2, "need_attention"),
        "u6": (10, 1, Decimal("45000.00"), 4, 1, 1, "new_customers"),
        "u7": (0, 3, Decimal("108000.00"), 5, 4, 5, "champions"),
    },
    # Recency ranks u7 u1 u2 u4 u5. Frequency: u5, u7 sharing 1 and 2, u4 u1 u2.
    # Monetary u5 u4 u1, and u2 and u7 sharing 4 and 5.
    ("bolt", BOLT_TEN_DAYS): {
        "u1": (8, 3, Decimal("75000.00"), 2, 4, 3, "at_risk"),
        "u2": (7, 4, Decimal("100000.00"), 3, 5, 5, "loyal_customers"),
        "u4": (2, 2, Decimal("58000.00"), 4, 3, 2, "loyal_customers"),
        "u5": (0, 1, Decimal("33000.00"), 5, 2, 1, "potential_loyalists"),
        "u7": (345, 1, Decimal("100000.00"), 1, 2, 5, "cannot_lose"),
    },
    ("bolt", BEFORE): {},
}


@pytest.fixture
def connection(warehouse: Warehouse) -> Iterator[psycopg.Connection]:
    """What the command line asks over."""
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("set role orchestrator")
        yield connection


def ask_sql(
    connection: psycopg.Connection, function: str, company: str, days: tuple[str, str]
) -> list[dict[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    query = f"select * from reporting.{function}(%s::text, %s::date, %s::date)"
    return cursor.execute(query.encode(), [company, *days]).fetchall()


def ask_python(
    connection: psycopg.Connection, function: str, company: str, days: tuple[str, str]
) -> Any:
    start, end = map(date.fromisoformat, days)
    return getattr(kpis, function)(connection, company, start, end)


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """The same columns; the same money to the cent, the same shares to 12 digits."""
    assert set(found) == set(expected)
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in expected.items()
    }
    for name, value in expected.items():
        near = pytest.approx(value, abs=1e-12) if isinstance(value, float) else value
        assert found[name] == near, name


@pytest.mark.parametrize(("function", "which", "days"), CASES)
def test_a_page_says_what_is_counted_by_hand(
    connection: psycopg.Connection,
    shops: Shops,
    function: str,
    which: str,
    days: tuple[str, str],
) -> None:
    company, expected = getattr(shops.pair, which), PAGES[function][which, days]
    whole = {"company_id": company, **expected}

    (found,) = ask_sql(connection, function, company, days)

    assert_same(found, whole)
    assert_same(ask_python(connection, function, company, days), whole)


@pytest.mark.parametrize(("which", "days"), SEGMENTS)
def test_segments_are_those_counted_by_hand(
    connection: psycopg.Connection, shops: Shops, which: str, days: tuple[str, str]
) -> None:
    company = getattr(shops.pair, which)
    columns = ["recency_days", "frequency", "monetary"]
    columns += ["recency_score", "frequency_score", "monetary_score", "segment_id"]

    in_sql = ask_sql(connection, "get_rfm_segmentation", company, days)
    in_python = ask_python(connection, "get_rfm_segmentation", company, days)

    assert {
        row["customer_id"].split("/")[1]: tuple(row[name] for name in columns)
        for row in in_sql
    } == SEGMENTS[which, days]
    rows = in_python.to_dict("records")
    assert rows == sorted(in_sql, key=lambda row: row["customer_id"])


@pytest.mark.parametrize("function", PAGES)
def test_a_company_without_orders_has_noughts_and_no_rates(
    connection: psycopg.Connection, shops: Shops, function: str
) -> None:
    (found,) = ask_sql(connection, function, shops.idle, JANUARY)

    assert found.pop("company_id") == shops.idle
    assert found.pop("currency_code", "EUR") == "EUR"
    is_count = {
        name: name.endswith("_count") or name == "net_revenue" for name in found
    }
    assert found == {name: 0 if is_count[name] else None for name in found}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_unknown_company_and_reversed_days_have_no_row(
    connection: psycopg.Connection, shops: Shops, function: str
) -> None:
    reversed_days = (JANUARY[1], JANUARY[0])

    assert ask_sql(connection, function, "nobody", JANUARY) == []
    assert ask_sql(connection, function, shops.pair.acme, reversed_days) == []
    assert len(ask_python(connection, function, "nobody", JANUARY)) == 0
    with pytest.raises(
        kpis.RangeReversed, match=r"starts on 2025-01-31, after its end on 2025-01-01"
    ):
        ask_python(connection, function, shops.pair.acme, reversed_days)


def test_no_segment_of_a_company_without_orders(
    connection: psycopg.Connection, shops: Shops
) -> None:
    found = ask_python(connection, "get_rfm_segmentation", shops.idle, JANUARY)

    assert found.empty


def test_the_check_digit_of_a_rut_may_be_k_and_may_be_wrong(
    warehouse: Warehouse, shops: Shops
) -> None:
    rows = warehouse.rows(
        """select user_id, is_rut_wellformed from marts.users
        where company_id = %s and has_rut order by user_id""",
        [shops.pair.bolt],
    )

    # u2's is 60.803.000-K, u3's says K where modulo 11 gives 5.
    assert [row["is_rut_wellformed"] for row in rows] == [True, True, False, True, True]


def test_the_segments_of_the_last_build_are_those_of_its_as_of_date(
    connection: psycopg.Connection, shops: Shops
) -> None:
    # The as-of date is the last of these ten days.
    cursor = connection.cursor(row_factory=dict_row)
    query = "select {} from reporting.{} where company_id = %s order by {}"
    company = shops.pair.bolt

    customers = cursor.execute(
        query.format("*", "rfm_customers", "customer_id").encode(), [company]
    ).fetchall()
    segments = cursor.execute(
        query.format("*", "rfm_segments", "place").encode(), [company]
    ).fetchall()

    asked = ask_sql(connection, "get_rfm_segmentation", company, BOLT_TEN_DAYS)
    assert {str(row.pop("as_of_date")) for row in customers} == {BOLT_TEN_DAYS[1]}
    consents = [row.pop("has_marketing_consent") for row in customers]
    assert customers == sorted(asked, key=lambda row: row["customer_id"])
    assert sorted(consents, key=str) == [False, None, None, None, True]
    # u2 and u4 are loyal: 100 and 58 thousand. All eleven segments are there.
    assert len(segments) == 11
    found = {
        row["segment_id"]: (row["customer_count"], row["monetary"])
        for row in segments
        if row["customer_count"]
    }
    assert found == {
        "loyal_customers": (2, Decimal("158000.00")),
        "potential_loyalists": (1, Decimal("33000.00")),
        "at_risk": (1, Decimal("75000.00")),
        "cannot_lose": (1, Decimal("100000.00")),
    }
    shares = {row["segment_id"]: row["customer_share"] for row in segments}
    assert (shares["loyal_customers"], shares["champions"]) == (2 / 5, 0)
    # Of these two u2 agreed to advertising and u4 did not; nobody asked the others.
    assert {
        row["segment_id"]: (
            row["consented_count"],
            row["refused_count"],
            row["unknown_consent_count"],
        )
        for row in segments
        if row["customer_count"]
    } == {
        "loyal_customers": (1, 1, 0),
        "potential_loyalists": (0, 0, 1),
        "at_risk": (0, 0, 1),
        "cannot_lose": (0, 0, 1),
    }
