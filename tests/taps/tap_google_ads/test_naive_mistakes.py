"""What connectors for Google Ads get wrong, one test per mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from sandbox.google_ads import conversions
from sandbox.google_ads import rows as rows_module
from sandbox.google_ads import structure as structure_module
from taps.api_source.errors import AccessDenied, SourceError
from taps.tap_google_ads.figures import decimal, money, whole
from taps.tap_google_ads.settings import API_VERSION, CURRENT_VERSIONS
from taps.tap_google_ads.tap import TapGoogleAds
from tests.sandbox.ads_world import TODAY, ad_day, days_before
from tests.taps.tap_google_ads.runs import (
    CUSTOMER,
    MANAGER,
    SHOP,
    SOURCE,
    Google,
    bookmarks,
    rows_of,
    slice_of,
)

# 1. Micros, and numbers that come as text.


def test_micros_become_money_with_all_their_digits() -> None:
    assert str(money("1061083620")) == "1061.083620"
    assert money("1") == Decimal("0.000001")
    assert whole("9007199254740993") == 9_007_199_254_740_993
    assert decimal(12.1) == Decimal("12.1")


def test_cost_is_kept_as_money_and_as_google_tells_it(google: Google) -> None:
    odd = ad_day(SHOP, SOURCE, 1111, days_before(4), spend_micros=10_612_345)
    google.add(odd)
    output = google.sync()
    (row,) = rows_of(output, "campaign_days", days_before(4))
    assert (row["cost"], row["cost_micros"]) == (10.612345, 10_612_345)
    assert (row["clicks"], row["impressions"]) == (9, 185)
    assert row["currency_code"] == "EUR"


# 2. No rows, and no `results` either.


def test_a_day_without_rows_is_an_empty_day(google: Google) -> None:
    output = google.sync()
    closing = slice_of(output, "campaign_days", days_before(5))
    assert (closing["row_count"], closing["total"], closing["control_total"]) == (
        0,
        0,
        0,
    )


# 3. No look-back, or one bookmark for all customers.


def test_every_run_reads_30_days_again(google: Google) -> None:
    google.add(ad_day(SHOP, SOURCE, 1111, days_before(70)))
    state = google.sync().state
    google.queries.clear()
    google.sync(state)
    assert min(google.asked_days("campaign"))[0] == days_before(30).isoformat()


def test_a_longer_conversion_window_makes_the_look_back_longer(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.add(ad_day(SHOP, SOURCE, 1111, days_before(110)))
    slow = tuple(
        replace(action, lookback_days=60) for action in conversions.CONVERSION_ACTIONS
    )
    monkeypatch.setattr(structure_module, "CONVERSION_ACTIONS", slow)
    monkeypatch.setattr(rows_module, "CONVERSION_ACTIONS", slow)
    state = google.sync().state
    google.queries.clear()
    google.sync(state)
    assert min(google.asked_days("campaign"))[0] == days_before(60).isoformat()


def test_bookmarks_are_kept_per_customer(google: Google) -> None:
    state = google.sync().state
    for stream in ("account_days", "campaign_days", "conversion_action_days"):
        assert bookmarks(state, stream) == {CUSTOMER: TODAY.isoformat()}


def test_late_conversions_replace_what_was_read(google: Google) -> None:
    state = google.sync().state
    day = days_before(2)
    google.control(
        "POST",
        "restate",
        {"company": SHOP.slug, "source": SOURCE, "days": 5, "factor": 2},
    )
    before = 2 * 2
    rows = rows_of(google.sync(state), "campaign_days", day)
    (eleven,) = (row for row in rows if row["campaign_id"] == "11")
    assert eleven["conversions"] > before


# 4. Keys made of names.


@pytest.mark.parametrize(
    ("stream", "key"),
    [
        ("account_days", ["customer_id", "date"]),
        ("campaign_days", ["customer_id", "date", "campaign_id"]),
        ("ad_days", ["customer_id", "date", "ad_group_id", "ad_id"]),
        (
            "conversion_action_days",
            ["customer_id", "date", "campaign_id", "conversion_action_id"],
        ),
        ("campaigns", ["customer_id", "id"]),
    ],
)
def test_keys_are_ids_with_the_customer_first(
    google: Google, stream: str, key: list[str]
) -> None:
    tap = TapGoogleAds(config=google.settings())
    assert list(tap.streams[stream].primary_keys) == key


# 5. A customer that cannot be read goes missing.


def test_a_customer_without_access_fails_the_run(google: Google) -> None:
    with pytest.raises(AccessDenied, match=r"login_customer_id .* not set now"):
        google.sync(login_customer_id=None)


def test_only_a_customer_that_is_listed_is_left_out(google: Google) -> None:
    ids = [CUSTOMER, "999-999-9999"]
    with pytest.raises(AccessDenied, match="9999999999"):
        google.sync(customer_ids=ids)
    output = google.sync(customer_ids=ids, skip_customer_ids=["9999999999"])
    assert [row["customer_id"] for row in output.records("customers")] == [CUSTOMER]


# 6. A version that is not served any more.


def test_the_default_version_is_the_latest(google: Google) -> None:
    assert CURRENT_VERSIONS[0] == API_VERSION


def test_a_version_after_its_end_says_which_setting_to_change(google: Google) -> None:
    with pytest.raises(SourceError, match=r"Set api_version to one .* v26, v25"):
        google.sync(api_version="v22")


# 7. Only what is enabled.


def test_removed_and_paused_campaigns_are_read_with_their_cost(google: Google) -> None:
    output = google.sync()
    statuses = {row["id"]: row["status"] for row in output.records("campaigns")}
    assert statuses == {
        "11": "ENABLED",
        "12": "REMOVED",
        "13": "ENABLED",
        "14": "PAUSED",
    }
    found = {row["campaign_id"] for row in output.records("campaign_days")}
    assert found == {"11", "12", "13"}
    assert not any("status =" in each for each in google.queries)


# 8. Ads added up for campaigns.


def test_campaigns_hold_the_spend_that_no_ad_has(google: Google) -> None:
    output = google.sync()
    day = days_before(1)
    campaigns = slice_of(output, "campaign_days", day)
    ads = slice_of(output, "ad_days", day)
    assert campaigns["total"] == campaigns["control_total"] == 57.4
    assert (ads["total"], ads["control_total"]) == (43.05, 57.4)


# 9. Segments that change the grain.


def test_conversion_actions_are_asked_for_without_cost(google: Google) -> None:
    output = google.sync()
    asked = [each for each in google.queries if "segments.conversion_action" in each]
    assert asked
    assert not any("cost_micros" in each or "clicks" in each for each in asked)
    by_action = rows_of(output, "conversion_action_days", days_before(1))
    whole_days = rows_of(output, "campaign_days", days_before(1))
    for name in ("conversions", "all_conversions"):
        assert sum(row[name] for row in by_action) == sum(
            row[name] for row in whole_days
        )
    assert {row["conversion_action_id"] for row in by_action} >= {"71001"}


def test_no_campaign_report_is_split_by_device_or_network(google: Google) -> None:
    google.sync()
    segments = {
        word.strip(",")
        for each in google.queries
        for word in each.split()
        if word.startswith("segments.")
    }
    assert segments <= {
        "segments.date",
        "segments.month",
        "segments.conversion_action",
        "segments.conversion_action_name",
        "segments.conversion_action_category",
    }


# 10. The account's dates, two ways to one account, and the 37-month wall.


def test_today_is_a_date_of_the_accounts_time_zone(google: Google) -> None:
    google.world.clock.freeze(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    output = google.sync()
    dates = {each["date"] for each in output.records("slices")}
    assert max(dates) == "2026-11-22"
    (row,) = output.records("customers")
    assert row["time_zone"] == "Europe/Madrid"


def test_days_are_asked_for_as_dates_and_each_once(google: Google) -> None:
    google.add(ad_day(SHOP, SOURCE, 1111, days_before(40)))
    google.sync(window_days=7)
    assert not any("DURING" in each for each in google.queries)
    # A page with a token repeats its query.
    asked = list(dict.fromkeys(google.asked_days("ad_group_ad")))
    spans = [
        (date.fromisoformat(first), date.fromisoformat(last)) for first, last in asked
    ]
    assert all((last - first).days < 7 for first, last in spans)
    assert all((after[0] - before[1]).days == 1 for before, after in pairwise(spans))


def test_customers_are_found_below_the_manager_and_the_manager_is_none(
    google: Google,
) -> None:
    for login in (MANAGER, None):
        output = google.sync(customer_ids=None, login_customer_id=login)
        (row,) = output.records("customers")
        assert (row["customer_id"], row["login_customer_id"]) == (CUSTOMER, MANAGER)


def test_a_customer_that_two_managers_lead_to_is_read_once(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = lambda _: [MANAGER, MANAGER]  # noqa: E731
    monkeypatch.setattr(
        "taps.tap_google_ads.client.GoogleAds.accessible_customers", twice
    )
    output = google.sync(customer_ids=None, login_customer_id=None)
    assert len(output.records("customers")) == 1
    assert len(rows_of(output, "account_days", days_before(1))) == 1


def test_a_manager_among_the_customers_is_refused(google: Google) -> None:
    with pytest.raises(SourceError, match="Put it into login_customer_id"):
        google.sync(customer_ids=[MANAGER])


def test_nothing_is_asked_for_beyond_37_months(google: Google) -> None:
    google.add(ad_day(SHOP, SOURCE, 1111, date(2023, 11, 5)))
    output = google.sync(start_date="2020-01-01")
    dates = [each["date"] for each in output.records("slices")]
    assert min(dates) == "2023-11-01"
