"""Whatever goes wrong at Google: the right rows, or an error and no bookmark."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from sandbox.google_ads import endpoints
from sandbox.google_ads.accounts import Account, accounts_of
from sandbox.google_ads.errors import Failure
from sandbox.google_ads.page_tokens import offset_of
from sandbox.google_ads.reports import run_report
from sandbox.simulation.companies import Company
from taps.api_source.errors import AccessDenied, RateLimited, SourceError
from tests.sandbox.ads_world import TODAY, ad_day, days_before
from tests.taps.tap_google_ads.runs import (
    CUSTOMER,
    SHOP,
    SOURCE,
    Google,
    bookmarks,
    rows_of,
    slice_of,
)
from tests.taps.tap_runs import Output

TABLES = (
    "customers",
    "campaigns",
    "ad_groups",
    "conversion_actions",
    "account_days",
    "campaign_days",
    "conversion_action_days",
    "ad_days",
)


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
        {"kind": "server_error", "path_contains": "search", "times": 3},
        {"kind": "server_error", "status": 503, "times": 2, "after": 8},
        {"kind": "truncated_body", "path_contains": "search", "times": 2, "after": 4},
        {"kind": "throttle", "path_contains": "search", "times": 2},
        {"kind": "throttle", "path_contains": "search", "retry_after": 9},
        {"kind": "quota_exceeded", "retry_after": 45, "times": 2, "after": 5},
        {"kind": "page_missing", "after": 1},
        {"kind": "page_repeated", "after": 1},
        {"kind": "duplicate_ids", "after": 3},
        {"kind": "slow_drip", "bytes_per_second": 40_000, "times": 2, "after": 6},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_a_passing_fault_changes_no_row(google: Google, fault: dict[str, Any]) -> None:
    undisturbed = rows(google.sync())
    google.world.faults.switch_on(fault)
    output = google.sync()
    assert rows(output) == undisturbed
    assert bookmarks(output.state, "ad_days") == {CUSTOMER: TODAY.isoformat()}


@pytest.mark.parametrize(
    "table", ["ad_days", "campaign_days", "conversion_action_days"]
)
def test_a_page_that_stays_away_fails_the_run_before_its_days(
    google: Google, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pages hold three rows, and each of these tables has six.
    run = google.run()
    stream: Any = run._tap.streams[table]
    fetch = type(stream).fetch

    def with_fault(*arguments: Any) -> Any:
        google.fail("page_missing", times=None)
        return fetch(*arguments)

    monkeypatch.setattr(type(stream), "fetch", with_fault)
    with pytest.raises(SourceError, match=r"reading again did not help"):
        run.sync()
    assert bookmarks(run.output.state, table) == {CUSTOMER: "2026-11-14"}


def test_a_field_that_disappears_is_named(google: Google) -> None:
    google.fail("schema_change", field="metrics.cost_micros", times=None)
    with pytest.raises(SourceError, match=r"lacks metrics\.cost_micros"):
        google.sync()


def test_a_quota_that_comes_back_in_hours_ends_the_run_with_its_state(
    google: Google,
) -> None:
    google.fail("quota_exceeded", retry_after=7200, after=12)
    run = google.run()
    with pytest.raises(RateLimited, match="7200 s"):
        run.sync()
    assert bookmarks(run.output.state, "account_days") == {CUSTOMER: TODAY.isoformat()}


def test_a_quota_is_waited_for_as_long_as_google_says(google: Google) -> None:
    google.fail("quota_exceeded", retry_after=45)
    google.sync()
    assert 45 in google.waits


def test_an_access_token_that_dies_in_the_middle_is_renewed(google: Google) -> None:
    google.fail("token_expired", requests=4)
    assert len(google.sync().records("campaign_days")) == 6


def test_a_revoked_grant_says_to_connect_again(google: Google) -> None:
    google.world.tokens.revoke(SHOP.slug, SOURCE)
    with pytest.raises(AccessDenied, match="Connect the source again"):
        google.sync()


def refuse(
    monkeypatch: pytest.MonkeyPatch, failure: Failure, *, times: int = 1, after: int = 0
) -> None:
    """Let reports fail with an error of the API's own."""
    asked: list[Any] = []

    def failing(*arguments: Any) -> Any:
        asked.append(arguments)
        if after < len(asked) <= after + times:
            raise failure
        return run_report(*arguments)

    monkeypatch.setattr(endpoints, "run_report", failing)


def test_an_expensive_query_is_asked_for_in_halves(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = rows(google.sync())
    code = "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"
    refuse(monkeypatch, Failure(429, "quotaError", code, "Too expensive"), after=4)
    assert rows(google.sync()) == undisturbed


def test_a_page_token_that_ran_out_starts_the_query_again(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = rows(google.sync())
    seen: list[str] = []

    def expiring(token: str | None, *others: Any) -> int:
        if token and not seen:
            seen.append(token)
            raise Failure(400, "requestError", "EXPIRED_PAGE_TOKEN", "Expired")
        return offset_of(token, *others)

    monkeypatch.setattr(endpoints, "offset_of", expiring)
    assert rows(google.sync()) == undisturbed
    assert seen


def test_a_cancelled_customer_fails_the_run_unless_it_is_listed(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = "The customer account can't be accessed because it is not yet enabled"
    closed = Failure(403, "authorizationError", "CUSTOMER_NOT_ENABLED", message)
    refuse(monkeypatch, closed, times=99)
    with pytest.raises(AccessDenied, match="skip_customer_ids"):
        google.sync()
    with pytest.raises(AccessDenied, match="no account to read"):
        google.sync(skip_customer_ids=[CUSTOMER])


def test_a_customer_that_fails_does_not_keep_the_others_from_being_read(
    google: Google,
) -> None:
    run = google.run(customer_ids=["999-999-9999", CUSTOMER])
    with pytest.raises(AccessDenied, match=r"1 of 2 cannot be read \(9999999999: "):
        run.sync()
    assert bookmarks(run.output.state, "ad_days") == {CUSTOMER: TODAY.isoformat()}
    assert len(run.output.records("campaign_days")) == 6


def test_a_project_without_approval_is_told_so(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"
    refuse(monkeypatch, Failure(403, "authorizationError", code, "Not approved"))
    with pytest.raises(AccessDenied, match="Google Cloud project"):
        google.sync()


def test_a_developer_token_is_sent_only_if_set(google: Google) -> None:
    google.sync()
    assert not any("developer-token" in each for each in google.headers)
    google.sync(developer_token="planted")
    assert google.headers[-1]["developer-token"] == "planted"


def test_a_day_that_lost_a_campaign_is_closed_without_it(google: Google) -> None:
    state = google.sync().state
    day = days_before(2)
    google.remove(f"{CUSTOMER}/{day}/1211")
    output = google.sync(state)
    found = rows_of(output, "campaign_days", day)
    assert [row["campaign_id"] for row in found] == ["11", "13"]
    closing = slice_of(output, "campaign_days", day)
    assert (closing["row_count"], closing["total"]) == (2, 43.05)
    assert output.schema("slices")["schema"]["x-replaces-by"] == ["customer_id", "date"]


def test_secrets_are_in_no_message_and_no_log(
    google: Google, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="taps")
    google.fail("server_error", times=2, path_contains="search")
    output = google.sync()
    for name in ("client_secret", "refresh_token"):
        secret = google.settings()[name]
        assert secret not in str(output.messages)
        assert secret not in caplog.text


def test_a_range_is_read_again_without_moving_the_bookmark(google: Google) -> None:
    state = google.sync().state
    day = days_before(2).isoformat()
    output = google.sync(state, start_date=day, end_date=day)
    assert {each["date"] for each in output.records("slices")} == {day}
    for stream in ("account_days", "campaign_days", "ad_days"):
        kept = {str(each["bookmarks"][stream]) for each in output.states}
        assert kept == {str(state["bookmarks"][stream])}


def test_a_run_that_was_cut_off_goes_on_where_it_was(google: Google) -> None:
    for count in range(40, 120, 10):
        google.add(ad_day(SHOP, SOURCE, 1111, days_before(count)))
    google.fail("server_error", times=None, after=30)
    broken = google.run()
    with pytest.raises(SourceError):
        broken.sync()
    google.world.faults.clear()
    rest = google.sync(broken.output.state)
    assert {**_spend(broken.output), **_spend(rest)} == _spend(google.sync())


def _spend(output: Output) -> dict[tuple[str, str], Any]:
    return {
        (row["date"], row["campaign_id"]): row["cost"]
        for row in output.records("campaign_days")
    }


CHILD = "5550001111"


@pytest.fixture
def cancelled_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second account below the manager, which was cancelled."""

    def accounts(company: Company) -> list[Account]:
        manager, client = accounts_of(company)
        return [manager, client, replace(client, customer_id=CHILD)]

    def closed(*arguments: Any) -> Any:
        if any(getattr(each, "customer_id", None) == CHILD for each in arguments):
            message = "The customer account can't be accessed"
            raise Failure(403, "authorizationError", "CUSTOMER_NOT_ENABLED", message)
        return run_report(*arguments)

    monkeypatch.setattr("sandbox.google_ads.access.accounts_of", accounts)
    monkeypatch.setattr(endpoints, "run_report", closed)


@pytest.mark.usefixtures("cancelled_child")
def test_a_cancelled_child_is_left_out_and_told(
    google: Google, caplog: pytest.LogCaptureFixture
) -> None:
    output = google.sync(customer_ids=None)

    assert [row["customer_id"] for row in output.records("customers")] == [CUSTOMER]
    assert len(output.records("campaign_days")) == 6
    assert f"cancelled or not enabled: {CHILD}" in caplog.text


@pytest.mark.usefixtures("cancelled_child")
def test_a_cancelled_customer_that_was_named_fails_alone(google: Google) -> None:
    run = google.run(customer_ids=[CHILD, CUSTOMER])

    with pytest.raises(AccessDenied, match=rf"1 of 2 cannot be read \({CHILD}: "):
        run.sync()

    assert len(run.output.records("campaign_days")) == 6
