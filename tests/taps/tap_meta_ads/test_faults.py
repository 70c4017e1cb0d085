"""Whatever goes wrong at Meta: exactly the right rows, or an error and no bookmark."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from taps.api_source.errors import AccessDenied, RateLimited, SourceError
from taps.tap_meta_ads.errors import graph_error
from taps.tap_meta_ads.streams.campaign_days import CampaignDaysStream
from tests.sandbox.ads_world import (
    TODAY,
    ad_day,
    add_entities,
    days_before,
    entity,
)
from tests.taps.tap_meta_ads.runs import ACCOUNT, SHOP, SOURCE, Meta, bookmarks
from tests.taps.tap_runs import Output, Run

TABLES = (
    "accounts",
    "campaigns",
    "adsets",
    "ads",
    "account_days",
    "campaign_days",
    "campaign_action_days",
    "campaign_platform_days",
    "ad_days",
)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taps.tap_meta_ads.client._PAGE_ROWS", 4)


def rows(output: Output) -> dict[str, list[dict[str, Any]]]:
    """All records, without the moment they were read."""
    return {
        table: [
            {name: value for name, value in record.items() if name != "read_at"}
            for record in output.records(table)
        ]
        for table in TABLES
    }


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "server_error", "times": 3},
        {"kind": "truncated_body", "path_contains": "/insights?", "times": 2},
        {"kind": "throttle", "times": 2},
        {"kind": "throttle", "retry_after": 7, "path_contains": "/campaigns"},
        {"kind": "report_not_visible", "times": 3},
        {"kind": "report_failed", "times": 3},
        {"kind": "too_much_data", "times": 5, "after": 1},
        {"kind": "quota_exceeded", "code": 17, "minutes": 2},
        {"kind": "quota_exceeded", "code": 80000, "minutes": 5, "after": 9},
        {"kind": "slow_drip", "bytes_per_second": 40_000, "times": 2},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_passing_fault_changes_no_row(meta: Meta, fault: dict[str, Any]) -> None:
    undisturbed = rows(meta.sync())
    meta.world.faults.switch_on(fault)
    output = meta.sync()
    assert rows(output) == undisturbed
    assert bookmarks(output.state, "campaign_days") == {ACCOUNT: TODAY.isoformat()}


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("kind", ["page_missing", "page_repeated", "duplicate_ids"])
@pytest.mark.parametrize("path", ["/insights?", "/ads?"])
def test_a_page_that_is_wrong_once_is_noticed_and_read_again(
    meta: Meta, kind: str, path: str
) -> None:
    for number in (1112, 1113):
        add_entities(meta.world, SHOP, SOURCE, entity(SHOP, SOURCE, "ad", number))
        meta.add(ad_day(SHOP, SOURCE, number, days_before(1)))
    undisturbed = rows(meta.sync())
    meta.fail(kind, path_contains=path)
    found = rows(meta.sync())
    assert found == undisturbed


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_stays_away_fails_the_run_before_its_days(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CampaignDaysStream, "window_days", 14)
    meta.fail("page_missing", path_contains="/insights?", times=None)
    run = meta.run()
    with pytest.raises(SourceError, match=r"_days of \d+ on .* reading again did not"):
        run.sync()
    state = run.output.state
    assert bookmarks(state, "account_days") == {ACCOUNT: TODAY.isoformat()}
    # The rows begin on the 18th; the window before it is complete.
    assert bookmarks(state, "campaign_days") == {ACCOUNT: "2026-11-14"}
    assert bookmarks(state, "ad_days") == {}


def test_a_field_that_disappears_is_named(meta: Meta) -> None:
    meta.fail("schema_change", field="spend", path_contains="insights", times=None)
    with pytest.raises(SourceError, match="a row has no spend"):
        meta.sync()


def test_an_allowance_that_comes_back_in_hours_ends_the_run_with_its_state(
    meta: Meta,
) -> None:
    meta.fail("quota_exceeded", code=80000, minutes=120, after=12)
    run = meta.run()
    with pytest.raises(RateLimited, match="7200 s"):
        run.sync()
    assert bookmarks(run.output.state, "account_days") == {ACCOUNT: TODAY.isoformat()}


def test_waits_are_as_long_as_meta_says(meta: Meta) -> None:
    meta.fail("quota_exceeded", code=17, minutes=3)
    meta.sync()
    assert 180 in meta.waits


def test_a_revoked_token_is_not_tried_again(meta: Meta) -> None:
    meta.sync()
    meta.world.tokens.revoke(SHOP.slug, SOURCE)
    meta.forget_requests()
    with pytest.raises(AccessDenied, match="Connect the source again"):
        meta.sync()
    assert len(meta.requests()) == 1


def test_a_token_that_dies_in_the_middle_keeps_what_was_finished(meta: Meta) -> None:
    meta.world.tokens.register(meta.settings()["access_token"], SHOP.slug, SOURCE)
    meta.world.tokens.expire_after(5, slug=SOURCE)
    run = meta.run()
    with pytest.raises(AccessDenied):
        run.sync()
    assert bookmarks(run.output.state, "account_days") == {ACCOUNT: TODAY.isoformat()}
    assert bookmarks(run.output.state, "campaign_days") == {}


def test_somebody_elses_account_is_a_missing_permission(meta: Meta) -> None:
    with pytest.raises(AccessDenied, match="ads_read"):
        meta.sync(account_ids=["act_400400400400501"])


def test_an_account_that_fails_does_not_keep_the_others_from_being_read(
    meta: Meta,
) -> None:
    run = meta.run(account_ids=["act_400400400400501", ACCOUNT])
    with pytest.raises(AccessDenied, match=r"1 of 2 cannot be read \(4004004004005"):
        run.sync()
    found = bookmarks(run.output.state, "campaign_days")
    assert found == {ACCOUNT: TODAY.isoformat()}
    assert len(run.output.records("campaign_days")) == 9


def test_a_token_that_meta_quotes_is_not_repeated(meta: Meta) -> None:
    secret = meta.settings()["access_token"]
    told = {"code": 190, "message": f"Malformed access token {secret}"}
    assert secret not in str(graph_error(told, secrets=[secret]))


def test_an_old_version_says_which_are_served(meta: Meta) -> None:
    with pytest.raises(SourceError, match=r"Set api_version to v26\.0 or v25\.0"):
        meta.sync(api_version="v24.0")


@pytest.mark.usefixtures("small_pages")
def test_the_token_in_the_address_of_the_next_page_goes_nowhere(
    meta: Meta, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="taps")
    secret = meta.settings()["access_token"]
    meta.fail("report_failed")
    meta.fail("server_error", path_contains="after=")
    output = meta.sync()
    assert secret not in str(output.messages)
    assert secret not in caplog.text
    assert not any(secret in str(each) for each in meta.requests())


def test_today_is_a_date_of_the_accounts_time_zone(meta: Meta) -> None:
    # 23:30 in London is half past midnight in Madrid.
    meta.world.clock.freeze(datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    dates = {each["date"] for each in meta.sync().records("slices")}
    assert max(dates) == "2026-11-22"


def test_nothing_is_asked_for_beyond_37_months(meta: Meta) -> None:
    meta.add(ad_day(SHOP, SOURCE, 1111, datetime(2023, 11, 5, tzinfo=UTC).date()))
    output = meta.sync(start_date="2020-01-01")
    dates = [each["date"] for each in output.records("slices")]
    assert min(dates) == "2023-11-01"


def test_a_range_is_read_again_without_moving_the_bookmark(meta: Meta) -> None:
    state = meta.sync().state
    day = days_before(2).isoformat()
    output = meta.sync(state, start_date=day, end_date=day)
    assert {each["date"] for each in output.records("slices")} == {day}
    assert len(output.records("campaign_days")) == 3
    for stream in ("account_days", "campaign_days", "campaign_action_days"):
        kept = {str(each["bookmarks"][stream]) for each in output.states}
        assert kept == {str(state["bookmarks"][stream])}


def test_a_run_that_was_cut_off_goes_on_where_it_was(meta: Meta) -> None:
    for count in range(40, 100, 10):
        meta.add(ad_day(SHOP, SOURCE, 1111, days_before(count)))
    meta.fail("server_error", times=None, after=21)
    broken = meta.run()
    with pytest.raises(SourceError):
        broken.sync()
    meta.world.faults.clear()
    rest = meta.sync(broken.output.state)
    found = _by_key(broken), _by_key_of(rest)
    assert {**found[0], **found[1]} == _by_key_of(meta.sync())


def _by_key(run: Run) -> dict[tuple[str, str], Any]:
    return _by_key_of(run.output)


def _by_key_of(output: Output) -> dict[tuple[str, str], Any]:
    return {
        (row["date"], row["campaign_id"]): row["spend"]
        for row in output.records("campaign_days")
    }


def test_an_error_without_a_reason_passes_when_asked_again(meta: Meta) -> None:
    undisturbed = rows(meta.sync())
    meta.fail("unknown_error", times=2)
    assert rows(meta.sync()) == undisturbed


def test_an_error_without_a_reason_that_stays_makes_pages_smaller(meta: Meta) -> None:
    undisturbed = rows(meta.sync())
    meta.forget_requests()
    meta.fail("unknown_error", path_contains="/ads", rows=125, times=None)

    assert rows(meta.sync()) == undisturbed

    asked = [parse_qs(each["query"]) for each in meta.requests()]
    sizes = [int(q["limit"][0]) for q in asked if q.get("summary") == ["total_count"]]
    assert {500, 250, 125} <= set(sizes)
    assert sizes.index(500) < sizes.index(250) < sizes.index(125)


def test_ads_that_never_come_keep_no_campaign_from_its_spend(meta: Meta) -> None:
    spent = meta.sync().records("campaign_days")
    meta.fail("unknown_error", path_contains="/ads?", times=None)
    run = meta.run()

    with pytest.raises(SourceError, match="reduce the amount"):
        run.sync()

    assert [r["spend"] for r in run.output.records("campaign_days")] == [
        r["spend"] for r in spent
    ]
    assert bookmarks(run.output.state, "campaign_days") == {ACCOUNT: TODAY.isoformat()}


def test_an_empty_answer_where_there_were_rows_is_told(
    meta: Meta, caplog: pytest.LogCaptureFixture
) -> None:
    first = meta.sync()
    assert "without any row" not in caplog.text
    meta.remove(
        *(
            f"{ACCOUNT}/{days_before(count)}/{row['ad_id']}"
            for count in (3, 2, 1)
            for row in first.records("ad_days")
        )
    )

    second = meta.sync(first.state)

    assert second.records("campaign_days") == []
    told = [r.getMessage() for r in caplog.records if "without any row" in r.msg]
    named = {text.partition(":")[0] for text in told}
    assert {"account_days", "campaign_days", "ad_days"} <= named
    assert not {"accounts", "campaigns", "ads"} & named
