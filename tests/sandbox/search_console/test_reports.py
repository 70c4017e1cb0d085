"""What searchAnalytics.query returns, and what it keeps to itself."""

from typing import Any

import pytest

from sandbox.search_console.sites import BIG_SITE
from sandbox.simulation.companies import TIENDA_NORTE
from tests.sandbox.ads_world import days_before
from tests.sandbox.search_console.conftest import Ask

Rows = list[dict[str, Any]]


def total(rows: Rows, name: str) -> int:
    return sum(row[name] for row in rows)


def test_the_day_alone_is_the_truth(ask: Ask) -> None:
    answer = ask(dimensions=["date"]).json()

    assert answer["responseAggregationType"] == "byProperty"
    assert answer["rows"] == [
        {
            "keys": [days_before(5).isoformat()],
            "clicks": 125,
            "impressions": 3_005,
            "ctr": 125 / 3_005,
            "position": 8.4,
        }
    ]


def test_queries_add_up_to_less_than_the_day(ask: Ask) -> None:
    rows = ask(dimensions=["query"], rowLimit=25_000).json()["rows"]

    assert 0 < total(rows, "clicks") < 125
    assert 0 < total(rows, "impressions") < 3_005


def test_countries_and_devices_add_up_to_the_day(ask: Ask) -> None:
    rows = ask(dimensions=["country", "device"]).json()["rows"]

    assert (total(rows, "clicks"), total(rows, "impressions")) == (125, 3_005)


def test_positions_average_to_that_of_the_day(ask: Ask) -> None:
    rows = ask(dimensions=["country", "device"]).json()["rows"]

    weighted = sum(row["position"] * row["impressions"] for row in rows)
    assert weighted / 3_005 == pytest.approx(8.4, abs=0.05)


def test_pages_have_the_clicks_of_the_day_and_more_impressions(ask: Ask) -> None:
    answer = ask(dimensions=["page"]).json()

    assert answer["responseAggregationType"] == "byPage"
    assert total(answer["rows"], "clicks") == 125
    assert total(answer["rows"], "impressions") > 3_005


def test_rows_are_sorted_by_clicks_and_ties_by_nothing(ask: Ask) -> None:
    rows = ask(dimensions=["query"], rowLimit=25_000).json()["rows"]

    clicks = [row["clicks"] for row in rows]
    assert clicks == sorted(clicks, reverse=True)
    ties = [row["keys"][0] for row in rows if row["clicks"] == 0]
    assert ties != sorted(ties)
    assert ties != sorted(ties, reverse=True)


def test_keys_follow_the_order_of_the_dimensions(ask: Ask) -> None:
    one = ask(dimensions=["device", "country"]).json()["rows"][0]["keys"]
    other = ask(dimensions=["country", "device"]).json()["rows"][0]["keys"]

    assert one == other[::-1] == ["MOBILE", "esp"]


def test_branded_queries_have_about_their_share_of_the_clicks(ask: Ask) -> None:
    rows = ask(dimensions=["query"], rowLimit=25_000).json()["rows"]

    terms = TIENDA_NORTE.brand_terms
    branded = [row for row in rows if any(term in row["keys"][0] for term in terms)]
    assert total(branded, "clicks") == round(125 * 0.4)


def test_the_same_question_has_the_same_answer(ask: Ask) -> None:
    body = {"dimensions": ["query", "page"], "rowLimit": 25_000}

    assert ask(**body).json() == ask(**body).json()


def test_without_searches_there_are_no_rows_at_all(ask: Ask) -> None:
    day = days_before(9).isoformat()

    answer = ask(startDate=day, endDate=day, dimensions=["date"])

    assert answer.status_code == 200
    assert "rows" not in answer.json()
    assert "rows" not in ask(type="image").json()


def test_the_last_three_days_are_missing_until_they_are_final(ask: Ask) -> None:
    asked = {
        "startDate": days_before(5).isoformat(),
        "endDate": days_before(0).isoformat(),
        "dimensions": ["date"],
    }

    final = ask(**asked).json()
    fresh = ask(**asked, dataState="all").json()

    assert len(final["rows"]) == 2
    assert "metadata" not in final
    assert len(fresh["rows"]) == 5
    assert fresh["metadata"] == {"first_incomplete_date": days_before(3).isoformat()}


def test_what_is_incomplete_is_said_only_by_date(ask: Ask) -> None:
    day = days_before(1).isoformat()

    answer = ask(
        startDate=day, endDate=day, dimensions=["query"], dataState="all"
    ).json()

    assert "rows" in answer
    assert "metadata" not in answer


def test_days_older_than_16_months_are_gone(ask: Ask) -> None:
    answer = ask(startDate=days_before(600).isoformat(), dimensions=["date"]).json()

    assert [row["keys"] for row in answer["rows"]] == [
        [days_before(count).isoformat()] for count in (8, 7, 6, 5)
    ]


def test_a_filter_on_the_query_leaves_the_unnamed_out(ask: Ask) -> None:
    part = {"dimension": "query", "operator": "notContains", "expression": "norte"}

    rows = ask(dimensionFilterGroups=[{"filters": [part]}]).json()["rows"]

    assert len(rows) == 1
    assert "keys" not in rows[0]
    assert rows[0]["clicks"] < 125 * 0.6


@pytest.mark.parametrize("start_row", [0, 25_000, 50_000])
def test_a_big_property_pages_up_to_50000_rows_a_day(ask: Ask, start_row: int) -> None:
    rows = (
        ask(
            BIG_SITE,
            dimensions=["date", "query"],
            rowLimit=25_000,
            startRow=start_row,
        )
        .json()
        .get("rows", [])
    )

    assert len(rows) == (25_000 if start_row < 50_000 else 0)


def test_a_big_property_has_more_queries_than_it_tells(ask: Ask) -> None:
    total_clicks = ask(BIG_SITE).json()["rows"][0]["clicks"]
    told = [
        row
        for start in (0, 25_000)
        for row in ask(
            BIG_SITE, dimensions=["query"], rowLimit=25_000, startRow=start
        ).json()["rows"]
    ]

    assert len({row["keys"][0] for row in told}) == 50_000
    assert total(told, "clicks") < total_clicks
