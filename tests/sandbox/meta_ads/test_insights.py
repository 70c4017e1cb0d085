"""What insights return, at each level."""

import json
from typing import Any

import pytest

from sandbox.simulation.companies import TIENDA_NORTE
from sandbox.simulation.world import World
from tests.sandbox.ads_world import ad_day, add_ad_days, days_before
from tests.sandbox.meta_ads.conftest import ACCOUNT, SOURCE, Get, last_days

INSIGHTS = f"{ACCOUNT}/insights"
ALL_STATUSES = json.dumps(
    [
        {
            "field": "campaign.effective_status",
            "operator": "IN",
            "value": ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED"],
        }
    ]
)


def daily(get: Get, **parameters: Any) -> list[dict[str, Any]]:
    asked = {
        "level": "ad",
        "time_increment": 1,
        "time_range": last_days(1),
        "fields": "account_id,campaign_id,ad_id,spend,impressions,clicks,reach",
        "limit": 100,
        **parameters,
    }
    answer = get(INSIGHTS, **asked)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


def test_every_number_is_text_in_the_currency_of_the_account(get: Get) -> None:
    rows = daily(get, fields="account_currency,ad_id,spend,impressions,clicks,reach")

    assert rows[0] == {
        "account_currency": "EUR",
        "ad_id": "1111",
        "spend": "14.35",
        "impressions": "185",
        "clicks": "9",
        "reach": "160",
        "date_start": days_before(1).isoformat(),
        "date_stop": days_before(1).isoformat(),
    }


def test_the_same_purchases_come_under_three_names_and_by_window(get: Get) -> None:
    windows = '["1d_click","7d_click","28d_click","1d_view"]'

    row = daily(
        get,
        fields="actions,action_values",
        action_attribution_windows=windows,
        filtering='[{"field":"ad.id","operator":"IN","value":["1111"]}]',
    )[0]

    purchase = {"value": "3", "1d_click": "1", "7d_click": "2", "28d_click": "2"}
    assert row["actions"] == [
        {
            "action_type": "link_click",
            "value": "7",
            "1d_click": "7",
            "7d_click": "7",
            "28d_click": "7",
        },
        *(
            {"action_type": name, **purchase, "1d_view": "1"}
            for name in (
                "purchase",
                "omni_purchase",
                "offsite_conversion.fb_pixel_purchase",
            )
        ),
    ]
    assert row["action_values"][0] == {
        "action_type": "purchase",
        "value": "180.5",
        "1d_click": "60.5",
        "7d_click": "120.5",
        "28d_click": "120.5",
        "1d_view": "60",
    }


def test_windows_that_are_gone_have_no_key(get: Get) -> None:
    row = daily(
        get,
        fields="actions",
        action_attribution_windows='["1d_click","7d_view","28d_view"]',
    )[0]

    keys = {key for action in row["actions"] for key in action}
    assert keys == {"action_type", "value", "1d_click"}


def test_a_window_that_never_was_is_refused(get: Get) -> None:
    answer = get(INSIGHTS, action_attribution_windows='["2d_click"]')

    assert answer.json()["error"]["code"] == 100


def test_without_asking_for_windows_there_is_only_the_value(get: Get) -> None:
    row = daily(get, fields="actions")[0]

    assert set(row["actions"][0]) == {"action_type", "value"}


def test_platforms_add_up_to_the_campaign(get: Get) -> None:
    whole = daily(get, level="campaign")
    parts = daily(get, level="campaign", breakdowns="publisher_platform")

    assert {row["publisher_platform"] for row in parts} == {"facebook", "instagram"}
    for name in ("impressions", "clicks"):
        assert _sum(parts, name) == _sum(whole, name)
    cents = [
        round(sum(float(row["spend"]) for row in rows) * 100) for rows in (parts, whole)
    ]
    assert cents[0] == cents[1]


def test_reach_does_not_add_up(get: Get) -> None:
    ads = daily(get, filtering=ALL_STATUSES)
    account = daily(get, level="account")

    assert _sum(account, "reach") < _sum(ads, "reach")
    assert _sum(account, "impressions") == _sum(ads, "impressions")


def test_what_was_deleted_counts_above_and_shows_only_when_asked_for(
    get: Get,
) -> None:
    plain = daily(get, level="campaign")
    asked = daily(get, level="campaign", filtering=ALL_STATUSES)
    account = daily(get, level="account")

    assert [row["campaign_id"] for row in plain] == ["11", "12"]
    assert [row["campaign_id"] for row in asked] == ["11", "12", "13"]
    assert _sum(account, "impressions") == _sum(asked, "impressions")


def test_the_insights_of_something_deleted_are_its_own(get: Get) -> None:
    answer = get("13/insights", time_range=last_days(3), fields="impressions").json()

    assert [row["impressions"] for row in answer["data"]] == [str(3 * 185)]


def test_without_delivery_there_is_no_row(get: Get) -> None:
    far = f'{{"since":"{days_before(30)}","until":"{days_before(20)}"}}'

    assert daily(get, time_range=far) == []
    campaigns = daily(get, level="campaign", filtering=ALL_STATUSES)
    assert "14" not in {row["campaign_id"] for row in campaigns}


def test_a_range_is_cut_into_increments(get: Get) -> None:
    def starts(increment: object) -> list[str]:
        rows = daily(
            get,
            level="account",
            time_range=last_days(3),
            time_increment=increment,
        )
        return [row["date_start"] for row in rows]

    first, second, third = (days_before(count).isoformat() for count in (3, 2, 1))
    assert starts(1) == [first, second, third]
    assert starts(2) == [first, third]
    assert starts("all_days") == [first]


def test_a_day_read_again_says_what_is_known_by_then(get: Get, world: World) -> None:
    before = daily(get, level="account")

    restated = ad_day(TIENDA_NORTE, SOURCE, 1111, days_before(1), impressions=200)
    add_ad_days(world, TIENDA_NORTE, SOURCE, restated)

    after = daily(get, level="account")
    assert _sum(after, "impressions") == _sum(before, "impressions") + 15


def test_the_37th_month_is_the_last(get: Get) -> None:
    ranges = '{{"since":"{}","until":"2023-11-01"}}'

    at_the_wall = get(INSIGHTS, time_range=ranges.format("2023-10-21"))
    beyond = get(INSIGHTS, time_range=ranges.format("2023-10-20"))

    assert at_the_wall.status_code == 200
    assert beyond.status_code == 400
    assert beyond.json()["error"]["code"] == 3018


@pytest.mark.parametrize(
    "parameters",
    [
        {"fields": "spent"},
        {"level": "creative"},
        {"time_range": '{"since":"2026-11-02","until":"2026-11-01"}'},
        {"time_range": "yesterday"},
        {"time_increment": 0},
        {"breakdowns": "age"},
        {"filtering": '[{"field":"ad.id"}]'},
        {"limit": 0},
    ],
)
def test_a_parameter_that_is_not_valid_is_code_100(
    get: Get, parameters: dict[str, Any]
) -> None:
    answer = get(INSIGHTS, **parameters)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 100


def _sum(rows: list[dict[str, Any]], name: str) -> int:
    return sum(int(row[name]) for row in rows)
