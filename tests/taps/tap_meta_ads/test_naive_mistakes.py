"""What connectors for Meta get wrong, one test per mistake."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from taps.api_source.ad_accounts import AdAccount
from taps.tap_meta_ads.rows import action_records
from taps.tap_meta_ads.tap import TapMetaAds
from tests.sandbox.ads_world import TODAY, ad_day, days_before
from tests.taps.tap_meta_ads.runs import (
    ACCOUNT,
    SHOP,
    SOURCE,
    Meta,
    bookmarks,
    rows_of,
    slice_of,
)

WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view")
DAY = {
    "account_id": "1",
    "date": TODAY,
    "campaign_id": "11",
    "campaign_name": "Brand",
    "currency_code": "EUR",
}


def named(actions: Any, values: Any = ()) -> dict[tuple[str, str], tuple[Any, Any]]:
    row = {"actions": actions, "action_values": values}
    return {
        (each["action_type"], each["attribution_window"]): (
            each["action_count"],
            each["action_value"],
        )
        for each in action_records(row, DAY, WINDOWS)
    }


# 1. Windows that ended, and nulls that are read as zero.


def test_only_living_windows_are_asked_for_in_so_many_words(meta: Meta) -> None:
    tap = TapMetaAds(config=meta.settings())
    report = tap.streams["campaign_days"].report(account(), TODAY, TODAY)  # type: ignore[attr-defined]
    asked = report.parameters
    assert json.loads(asked["action_attribution_windows"]) == list(WINDOWS)
    assert asked["action_report_time"] == "impression"


def test_a_dead_window_is_no_setting(meta: Meta) -> None:
    with pytest.raises(ConfigValidationError) as refused:
        meta.sync(attribution_windows=["7d_click", "28d_view"])
    assert "28d_view" in str(refused.value.errors)


def test_a_window_that_is_not_named_gets_no_record_and_no_zero() -> None:
    found = named([{"action_type": "purchase", "value": "3", "7d_click": "2"}])
    assert found == {
        ("purchase", "value"): (3, None),
        ("purchase", "7d_click"): (2, None),
    }


# 2. Adding up overlapping kinds of action.


def test_kinds_of_action_stay_apart(meta: Meta) -> None:
    actions = rows_of(meta.sync(), "campaign_action_days", days_before(1))
    kinds = {row["action_type"] for row in actions}
    assert {"purchase", "omni_purchase", "link_click"} <= kinds
    seven_days = [
        row["action_count"]
        for row in actions
        if (row["action_type"], row["attribution_window"], row["campaign_id"])
        == ("purchase", "7d_click", "11")
    ]
    assert seven_days == [2]


# 3. Taking `value` for a fixed window.


def test_value_is_kept_beside_the_windows_and_not_instead_of_them() -> None:
    found = named(
        [{"action_type": "purchase", "value": "3", "1d_click": "1", "1d_view": "1"}],
        [{"action_type": "purchase", "value": "180.5", "1d_view": "60"}],
    )
    assert {window for _, window in found} == {"value", "1d_click", "1d_view"}
    assert [str(part) for part in found["purchase", "value"]] == ["3", "180.5"]
    assert [str(part) for part in found["purchase", "1d_view"]] == ["1", "60"]


# 4. No look-back, or days asked for twice.


def test_the_first_run_asks_for_every_day_once(meta: Meta) -> None:
    meta.add(ad_day(SHOP, SOURCE, 1111, days_before(70)))
    output = meta.sync()
    closed = [
        each["date"]
        for each in output.records("slices")
        if each["stream_name"] == "campaign_days"
    ]
    assert closed == sorted(set(closed))
    assert closed[-1] == TODAY.isoformat()
    assert closed[0] == "2026-09-01"


def test_every_run_reads_the_last_28_days_again(meta: Meta) -> None:
    meta.add(ad_day(SHOP, SOURCE, 1111, days_before(70)))
    state = meta.sync().state
    meta.forget_requests()
    output = meta.sync(state)
    assert {first for first, _ in meta.ranges()} >= {days_before(28).isoformat()}
    assert min(first for first, _ in meta.ranges()) == days_before(28).isoformat()
    assert rows_of(output, "campaign_days", days_before(3))


def test_once_a_month_a_run_reads_the_last_90_days_again(meta: Meta) -> None:
    meta.add(ad_day(SHOP, SOURCE, 1111, days_before(120)))
    state = meta.sync().state
    for stream in state["bookmarks"].values():
        for partition in stream.get("partitions", ()):
            partition["swept_on"] = days_before(31).isoformat()
    meta.forget_requests()
    swept = meta.sync(state)
    assert min(first for first, _ in meta.ranges()) == days_before(90).isoformat()
    meta.forget_requests()
    meta.sync(swept.state)
    assert min(first for first, _ in meta.ranges()) == days_before(28).isoformat()


# 5. Keys without the level or the breakdown.


@pytest.mark.parametrize(
    ("stream", "key"),
    [
        ("account_days", ["account_id", "date"]),
        ("campaign_days", ["account_id", "date", "campaign_id"]),
        ("ad_days", ["account_id", "date", "ad_id"]),
        (
            "campaign_platform_days",
            ["account_id", "date", "campaign_id", "publisher_platform"],
        ),
        (
            "campaign_action_days",
            ["account_id", "date", "campaign_id", "action_type", "attribution_window"],
        ),
    ],
)
def test_keys_hold_the_level_and_every_breakdown(
    meta: Meta, stream: str, key: list[str]
) -> None:
    tap = TapMetaAds(config=meta.settings())
    assert list(tap.streams[stream].primary_keys) == key


def test_platforms_do_not_overwrite_each_other(meta: Meta) -> None:
    rows = rows_of(meta.sync(), "campaign_platform_days", days_before(1))
    of_11 = [row for row in rows if row["campaign_id"] == "11"]
    assert [row["spend"] for row in of_11] == [8.61, 5.74]


# 6. Text taken for numbers, or numbers for floats.


def test_spend_is_a_decimal_in_the_accounts_currency(meta: Meta) -> None:
    odd = ad_day(SHOP, SOURCE, 1111, days_before(4), spend_micros=100_000)
    more = ad_day(SHOP, SOURCE, 1112, days_before(4), spend_micros=200_000)
    meta.add(odd, more)
    output = meta.sync()
    (row,) = rows_of(output, "campaign_days", days_before(4))
    assert (row["spend"], row["currency_code"]) == (0.3, "EUR")
    assert slice_of(output, "campaign_days", days_before(4))["total"] == 0.3


# 7. Rows that vanish.


def test_a_day_is_closed_with_the_rows_it_has_now(meta: Meta) -> None:
    state = meta.sync().state
    day = days_before(2)
    meta.remove(f"{ACCOUNT}/{day}/1211", f"{ACCOUNT}/{day}/1311")
    output = meta.sync(state)
    closing = slice_of(output, "campaign_days", day)
    assert [row["campaign_id"] for row in rows_of(output, "campaign_days", day)] == [
        "11"
    ]
    assert closing["row_count"] == 1
    assert output.schema("slices")["schema"]["x-replaces-by"] == ["account_id", "date"]


def test_a_day_without_delivery_is_closed_too(meta: Meta) -> None:
    state = meta.sync().state
    day = days_before(2)
    meta.remove(*(f"{ACCOUNT}/{day}/{ad}" for ad in (1111, 1211, 1311)))
    closing = slice_of(meta.sync(state), "campaign_action_days", day)
    assert closing["row_count"] == 0


# 8. Report runs that fail, are skipped, or seem done.


@pytest.mark.parametrize("kind", ["report_failed", "report_skipped"])
def test_a_run_that_comes_to_nothing_is_asked_for_again(meta: Meta, kind: str) -> None:
    meta.fail(kind, times=2)
    assert len(meta.sync().records("campaign_days")) == 9


def test_nothing_is_read_at_100_percent_before_completion(meta: Meta) -> None:
    # The sandbox serves an empty list to whoever reads then.
    output = meta.sync()
    assert len(output.records("ad_days")) == 9
    paths = [each["path"].rpartition("/v26.0/")[2] for each in meta.requests()]
    looks = [path for path in paths if path.startswith("6001")]
    first = looks[0]
    # Four steps, the fourth of which is 100 percent, then the end of the run.
    assert looks[: looks.index(f"{first}/insights")].count(first) == 5


# 9. Adding up people.


def test_reach_is_what_meta_says_of_the_account_and_not_a_sum(meta: Meta) -> None:
    output = meta.sync()
    (whole,) = rows_of(output, "account_days", days_before(1))
    parts = rows_of(output, "campaign_days", days_before(1))
    assert whole["reach"] < sum(row["reach"] for row in parts)
    meaning = output.schema("campaign_days")["schema"]["properties"]["reach"]
    assert "not additive" in meaning["description"]


# 10. Only active ads, and levels that nobody compares.


def test_what_is_archived_or_deleted_is_read_with_its_spend(meta: Meta) -> None:
    output = meta.sync()
    statuses = {row["id"]: row["status"] for row in output.records("campaigns")}
    assert {"ARCHIVED", "DELETED"} <= set(statuses.values())
    for stream in ("campaign_days", "ad_days", "campaign_platform_days"):
        found = {row["campaign_id"] for row in output.records(stream)}
        assert found == {"11", "12", "13"}
    known = {row["id"] for row in output.records("ads")}
    assert {row["ad_id"] for row in output.records("ad_days")} <= known


def test_every_level_is_closed_with_the_accounts_own_total(meta: Meta) -> None:
    output = meta.sync()
    for stream in ("campaign_days", "ad_days", "campaign_platform_days"):
        closing = slice_of(output, stream, days_before(1))
        assert (closing["total"], closing["control_total"]) == (43.05, 43.05)
    assert bookmarks(output.state, "campaign_days") == {ACCOUNT: TODAY.isoformat()}


def account() -> AdAccount:
    return AdAccount(
        id="1",
        name=None,
        currency_code="EUR",
        time_zone="Europe/Madrid",
        status=None,
        today=date(2026, 11, 21),
        first_day=date(2026, 11, 21) - timedelta(days=365),
        lookback_days=28,
    )
