"""What a query about figures returns."""

from collections.abc import Callable
from typing import Any

from tests.sandbox.ads_world import days_before
from tests.sandbox.google_ads.conftest import CLIENT, Ask

Rows = Callable[[str], list[dict[str, Any]]]
LAST_DAYS = f"segments.date BETWEEN '{days_before(2)}' AND '{days_before(1)}'"


def test_numbers_are_text_where_the_api_has_int64_and_names_are_camel_case(
    rows: Rows,
) -> None:
    found = rows(
        "SELECT customer.currency_code, campaign.id, segments.date, "
        "metrics.cost_micros, metrics.conversions, metrics.view_through_conversions "
        f"FROM campaign WHERE {LAST_DAYS} AND campaign.id = 11 ORDER BY segments.date"
    )

    assert found[0] == {
        "customer": {
            "resourceName": f"customers/{CLIENT}",
            "currencyCode": "EUR",
        },
        "campaign": {"resourceName": f"customers/{CLIENT}/campaigns/11", "id": "11"},
        "segments": {"date": days_before(2).isoformat()},
        "metrics": {
            "costMicros": "28700000",
            "conversions": 4,
            "viewThroughConversions": "2",
        },
    }
    assert [row["segments"]["date"] for row in found] == [
        days_before(2).isoformat(),
        days_before(1).isoformat(),
    ]


def test_removed_campaigns_keep_their_rows(rows: Rows) -> None:
    found = rows(
        "SELECT campaign.id, campaign.status, metrics.cost_micros FROM campaign "
        f"WHERE {LAST_DAYS} AND campaign.status = 'REMOVED'"
    )

    assert [row["campaign"]["id"] for row in found] == ["12"]
    assert found[0]["metrics"]["costMicros"] == "28700000"


def test_performance_max_is_in_the_campaigns_but_not_in_the_ads(rows: Rows) -> None:
    by_campaign = rows(
        f"SELECT campaign.id, metrics.cost_micros FROM campaign WHERE {LAST_DAYS}"
    )
    by_ad = rows(
        "SELECT campaign.id, ad_group_ad.ad.id, metrics.cost_micros FROM ad_group_ad "
        f"WHERE {LAST_DAYS}"
    )

    assert "13" in {row["campaign"]["id"] for row in by_campaign}
    assert "13" not in {row["campaign"]["id"] for row in by_ad}
    assert _cost(by_ad) < _cost(by_campaign)


def test_the_customer_sums_its_campaigns(rows: Rows) -> None:
    by_campaign = rows(
        f"SELECT campaign.id, metrics.cost_micros FROM campaign WHERE {LAST_DAYS}"
    )
    in_all = rows(f"SELECT metrics.cost_micros FROM customer WHERE {LAST_DAYS}")

    assert len(in_all) == 1
    assert _cost(in_all) == _cost(by_campaign)


def test_rows_of_zeros_are_dropped_only_when_segmented(rows: Rows) -> None:
    whole = rows(f"SELECT campaign.id, metrics.clicks FROM campaign WHERE {LAST_DAYS}")
    segmented = rows(
        "SELECT campaign.id, segments.date, metrics.clicks FROM campaign "
        f"WHERE {LAST_DAYS}"
    )

    assert "14" in {row["campaign"]["id"] for row in whole}
    assert "14" not in {row["campaign"]["id"] for row in segmented}


def test_a_conversion_action_is_a_segment_of_the_conversions(rows: Rows) -> None:
    found = rows(
        "SELECT campaign.id, segments.conversion_action, "
        "segments.conversion_action_name, metrics.conversions, "
        f"metrics.all_conversions FROM campaign WHERE {LAST_DAYS} "
        "AND campaign.id = 11 ORDER BY segments.conversion_action"
    )
    actions = rows("SELECT conversion_action.id FROM conversion_action")

    assert [row["segments"]["conversionAction"] for row in found] == [
        actions[0]["conversionAction"]["resourceName"]
    ]
    assert found[0]["metrics"] == {"conversions": 8, "allConversions": 8}


def test_without_rows_there_are_no_results_at_all(ask: Ask) -> None:
    query = (
        "SELECT campaign.id, segments.date, metrics.clicks FROM campaign "
        "WHERE segments.date = '2026-01-01'"
    )

    answer = ask(query).json()
    chunks = ask(query, method="searchStream").json()

    assert set(answer) == {"fieldMask", "requestId", "queryResourceConsumption"}
    assert answer["fieldMask"] == "campaign.id,segments.date,metrics.clicks"
    assert [set(chunk) for chunk in chunks] == [set(answer)]


def _cost(rows: list[dict[str, Any]]) -> int:
    return sum(int(row["metrics"]["costMicros"]) for row in rows)
