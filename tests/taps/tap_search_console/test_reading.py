"""What a day is made of, what goes wrong on the way, and what a run remembers."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from taps.api_source.errors import AccessDenied, SourceError
from taps.api_source.http import HttpClient
from taps.tap_search_console.brand import BrandTerms
from taps.tap_search_console.dates import first_day_kept
from taps.tap_search_console.tap import TapSearchConsole
from tests.taps.tap_runs import Output, Run, sync
from tests.taps.tap_search_console.google import Body, Google, Shown, error

_DAY = "2026-11-16"
_ONE_DAY = {"start_date": _DAY, "end_date": _DAY}


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were asked for; none is waited."""
    waited: list[float] = []
    original = HttpClient.__init__

    def impatient(self: HttpClient, *args: Any, **options: Any) -> None:
        original(self, *args, **options | {"sleep": waited.append})

    monkeypatch.setattr(HttpClient, "__init__", impatient)
    return waited


def _read(google: Google, state: Any = None, **settings: Any) -> Output:
    return sync(TapSearchConsole, google.settings(**settings), state)


def _refuse(google: Google, times: int, code: int, reason: str) -> None:
    left = [times]

    def interfere(body: Body, answer: Body) -> int | None:
        if left[0]:
            left[0] -= 1
            answer.clear()
            answer.update(error(code, reason, "planted message"))
            return code
        return None

    google.interferences.append(interfere)


# Errors


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (403, "quotaExceeded"),
        (403, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
        (429, "rateLimitExceeded"),
        (500, "backendError"),
        (503, "backendError"),
    ],
)
def test_a_quota_is_waited_for(
    google: Google, waits: list[float], code: int, reason: str
) -> None:
    google.show(_DAY, Shown("shoes"))
    _refuse(google, 3, code, reason)

    assert _read(google, **_ONE_DAY).records("site_days")
    assert len(waits) == 3
    assert waits == sorted(waits)


def test_a_quota_that_stays_used_up_stops_the_run_and_says_so(google: Google) -> None:
    _refuse(google, 99, 403, "quotaExceeded")

    with pytest.raises(SourceError, match=r"quota is used up .*within 15 minutes"):
        _read(google, **_ONE_DAY)


def test_no_access_is_not_tried_again_and_says_what_to_do(
    google: Google, waits: list[float]
) -> None:
    _refuse(google, 99, 403, "forbidden")

    with pytest.raises(AccessDenied, match="Add the connected Google account"):
        _read(google, **_ONE_DAY)
    assert waits == []


def test_a_request_that_google_does_not_understand_is_not_repeated(
    google: Google, waits: list[float]
) -> None:
    _refuse(google, 99, 400, "invalidParameter")

    with pytest.raises(SourceError, match=r"refuses the request \(planted message\)"):
        _read(google, **_ONE_DAY)
    assert waits == []


def test_an_access_token_that_ran_out_is_renewed_once(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))
    _refuse(google, 1, 401, "authError")

    assert _read(google, **_ONE_DAY).records("site_days")
    assert google.tokens_issued == 2


@pytest.mark.parametrize(
    "said",
    ['{"access_to', 'whole:{"access_to', "whole:", 'whole:{"expires_in": 3600}'],
    ids=["connection", "text", "nothing", "no token"],
)
def test_an_answer_with_a_token_that_is_cut_off_is_asked_for_again(
    google: Google, waits: list[float], said: str
) -> None:
    google.show(_DAY, Shown("shoes"))
    google.tokens_cut = [said]

    assert _read(google, **_ONE_DAY).records("site_days")
    assert (google.tokens_issued, len(waits)) == (1, 1)


def test_a_token_service_out_of_reach_is_asked_again_and_then_named(
    google: Google, waits: list[float]
) -> None:
    gone = "http://127.0.0.1:9/token"

    with pytest.raises(SourceError, match=r"after .* attempts .*check token_url"):
        _read(google, **_ONE_DAY, token_url=gone)
    assert waits


def test_a_property_that_the_account_may_not_read_is_named(google: Google) -> None:
    with pytest.raises(AccessDenied, match=r"may not read sc-domain:other\.com"):
        _read(google, site_urls=["sc-domain:other.com"])


def test_a_property_that_is_not_verified_is_not_read(google: Google) -> None:
    google.sites["sc-domain:unproven.com"] = "siteUnverifiedUser"

    sites = _read(google, **_ONE_DAY).records("sites")

    assert [site["site_url"] for site in sites] == ["sc-domain:example.com"]


def test_an_account_without_properties_is_an_error_and_not_an_empty_run(
    google: Google,
) -> None:
    google.sites.clear()

    with pytest.raises(AccessDenied, match="may not read any property"):
        _read(google)


def test_a_field_that_disappeared_is_an_error_and_not_a_null(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    def drop(body: Body, answer: Body) -> None:
        for row in answer.get("rows", ()):
            row.pop("clicks")

    google.interferences.append(drop)

    with pytest.raises(SourceError, match=r"documented shape.*clicks"):
        _read(google, **_ONE_DAY)


def test_a_field_that_appeared_does_no_harm(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    def add(body: Body, answer: Body) -> None:
        answer["novelty"] = {"a": 1}
        for row in answer.get("rows", ()):
            row["novelty"] = 1

    google.interferences.append(add)

    assert _read(google, **_ONE_DAY).records("site_days")


# Pages that are not what they should be


@pytest.mark.parametrize("size", [3])
def test_pages_that_come_twice_are_read_again(
    google: Google, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    _pages_of(monkeypatch, size)
    google.show(_DAY, *[Shown(f"query {n}") for n in range(7)])
    _serve_instead(google, times=1, at=size, start=0)

    rows = _read(google, **_ONE_DAY).records("query_days")

    assert sorted(row["query"] for row in rows) == [f"query {n}" for n in range(7)]


def test_pages_that_always_come_twice_fail_the_run(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pages_of(monkeypatch, 3)
    google.show(_DAY, *[Shown(f"query {n}") for n in range(7)])
    _serve_instead(google, times=99, at=3, start=0)

    with pytest.raises(SourceError, match="rows by query come twice"):
        _read(google, **_ONE_DAY)


def test_a_page_that_is_left_out_is_noticed(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pages_of(monkeypatch, 3)
    google.show(_DAY, *[Shown(f"query {n}") for n in range(7)])
    _serve_instead(google, times=1, at=0, start=3)

    rows = _read(google, **_ONE_DAY).records("query_days")

    assert sorted(row["query"] for row in rows) == [f"query {n}" for n in range(7)]


def _pages_of(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for module in ("client", "reading"):
        monkeypatch.setattr(f"taps.tap_search_console.{module}.ROW_LIMIT", size)


def _serve_instead(google: Google, *, times: int, at: int, start: int) -> None:
    """Answer requests for the page at one row with the page at another."""
    left = [times]

    def interfere(body: Body, answer: Body) -> None:
        asked = "query" in body["dimensions"] and body["startRow"] == at
        if asked and left[0]:
            left[0] -= 1
            other = google._aggregated(
                "sc-domain:example.com", body | {"startRow": start}
            )
            answer.clear()
            answer.update(other)

    google.interferences.append(interfere)


# Properties and kinds of search


def test_properties_and_kinds_of_search_have_bookmarks_of_their_own(
    google: Google,
) -> None:
    google.sites["sc-domain:second.com"] = "siteOwner"
    google.show("2026-11-17", Shown("shoes"))
    google.show("2026-11-14", Shown("hats"), site="sc-domain:second.com")
    for site in google.sites:
        google.show("2026-11-15", Shown("socks"), site=site, search_type="image")
    settings = {"search_types": ["web", "image"], "start_date": "2026-11-14"}

    output = _read(google, **settings)

    partitions = output.state["bookmarks"]["query_days"]["partitions"]
    assert [tuple(partition["context"].values()) for partition in partitions] == [
        (site, kind)
        for site in ("sc-domain:example.com", "sc-domain:second.com")
        for kind in ("web", "image")
    ]


def test_a_property_that_fails_does_not_keep_the_others_from_being_read(
    google: Google,
) -> None:
    google.sites["sc-domain:second.com"] = "siteOwner"
    for site in google.sites:
        google.show("2026-11-17", Shown("shoes"), site=site)
    google.interferences.append(
        lambda body, _: 400 if body["siteUrl"] == "sc-domain:example.com" else None
    )
    run = Run(TapSearchConsole, google.settings(start_date="2026-11-14"))

    with pytest.raises(
        SourceError, match=r"1 of 2 cannot be read \(sc-domain:example.com \(web\): "
    ):
        run.sync()

    (partition,) = run.output.state["bookmarks"]["query_days"]["partitions"]
    assert partition["context"]["site_url"] == "sc-domain:second.com"
    assert partition["replication_key_value"] == "2026-11-17"


def test_discover_is_read_without_queries(google: Google) -> None:
    google.show(_DAY, Shown("shoes"), search_type="discover")

    def by_page(body: Body, answer: Body) -> None:
        answer["responseAggregationType"] = "byPage"

    google.interferences.append(by_page)
    output = _read(google, search_types=["discover"], **_ONE_DAY)

    assert [row["clicks"] for row in output.records("site_days")] == [1]
    assert output.records("query_days") == []
    assert output.records("country_device_days")[0]["device"] == "ALL"


# Brand


@pytest.mark.parametrize(
    ("query", "is_brand"),
    [
        ("tienda norte", True),
        ("TIENDA-NORTE opiniones", True),
        ("www.tiendanorte.com", True),
        ("zapatos tienda  nórte", True),
        ("tienda de zapatos", False),
        ("tienda del norte", False),
        ("on running", True),
        ("london shoes", False),
    ],
)
def test_a_brand_is_found_as_words(query: str, is_brand: bool) -> None:
    assert BrandTerms(["Tienda Norté", "On"]).in_query(query) is is_brand


def test_without_terms_nothing_is_said_of_a_query(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    unknown = _read(google, **_ONE_DAY)
    known = _read(google, brand_terms=["Shoes Ltd"], **_ONE_DAY)

    assert unknown.records("query_days")[0]["is_brand"] is None
    assert known.records("query_days")[0]["is_brand"] is False
    assert known.records("sites")[0]["brand_terms"] == ["Shoes Ltd"]


# History, ranges, state


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 20), date(2025, 7, 20)),
        (date(2026, 4, 30), date(2024, 12, 30)),
        (date(2026, 6, 30), date(2025, 2, 28)),
    ],
)
def test_google_keeps_sixteen_months(today: date, first: date) -> None:
    assert first_day_kept(today) == first


def test_older_days_are_not_asked_for(
    google: Google, caplog: pytest.LogCaptureFixture
) -> None:
    google.first_incomplete = date(2025, 7, 22)

    _read(google, start_date="2020-01-01")

    days = {body["startDate"] for body in google.asked("country", "device")}
    assert days == {"2025-07-20", "2025-07-21"}
    assert "Google keeps 16 months; reading from 2025-07-20" in caplog.text


def test_a_range_is_read_again_without_moving_a_bookmark(google: Google) -> None:
    for day in ("2026-11-05", "2026-11-06", "2026-11-17"):
        google.show(day, Shown("shoes"))
    first = _read(google)

    again = _read(google, first.state, start_date="2026-11-05", end_date="2026-11-06")

    assert [row["date"] for row in again.records("site_days")] == [
        "2026-11-05",
        "2026-11-06",
    ]
    assert _bookmarks(again) == _bookmarks(first)


def _bookmarks(output: Output) -> dict[str, Any]:
    """Of every stream that has one."""
    return {name: kept for name, kept in output.state["bookmarks"].items() if kept}


def test_a_run_that_was_stopped_goes_on_where_it_was(google: Google) -> None:
    for day in range(1, 18):
        google.show(f"2026-11-{day:02}", Shown("shoes"))
    google.interferences.append(
        lambda body, answer: 400 if body["startDate"] == "2026-11-10" else None
    )
    run = Run(TapSearchConsole, google.settings())
    with pytest.raises(SourceError):
        run.sync()
    google.interferences.clear()
    google.requests.clear()

    _read(google, run.output.state, lookback_days=5)

    # The ninth was the last one; the look-back begins four days before it.
    assert min(body["startDate"] for body in google.asked("query")) == "2026-11-05"


def test_the_schemas_come_before_the_first_record(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    kinds = [message["type"] for message in _read(google, **_ONE_DAY).messages]

    assert kinds.index("RECORD") == 6
    assert kinds.count("SCHEMA") == 6


def test_rows_carry_their_slice_and_the_moment_of_the_read(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    output = _read(google, **_ONE_DAY)

    read_at = {row["read_at"] for row in output.records("slices")}
    for stream in ("site_days", "query_days", "page_days", "country_device_days"):
        (row,) = output.records(stream)
        key = output.schema(stream)["key_properties"]
        assert key[:3] == ["site_url", "search_type", "date"]
        assert output.schema(stream)["bookmark_properties"] == ["read_at"]
        assert {row["read_at"]} == read_at
    replaced_by = output.schema("slices")["schema"]["x-replaces-by"]
    assert replaced_by == ["site_url", "search_type", "date"]


# As a program


def test_it_is_a_program_that_keeps_its_secrets(google: Google, tmp_path: Path) -> None:
    google.show(_DAY, Shown("shoes"))
    config = tmp_path / "config.json"
    config.write_text(json.dumps(google.settings(**_ONE_DAY)))
    command = [sys.executable, "-m", "taps.tap_search_console", "--config", str(config)]

    done = subprocess.run(command, capture_output=True, text=True, check=True)
    _refuse(google, 99, 403, "forbidden")
    failed = subprocess.run(command, capture_output=True, text=True, check=False)
    checked = subprocess.run([*command, "--check"], capture_output=True, check=True)

    assert '"stream":"site_days"' in done.stdout
    assert failed.returncode == 1
    assert [line for line in failed.stderr.splitlines() if "ERROR: " in line]
    assert "Traceback" not in failed.stderr
    assert json.loads(checked.stdout)["time_zone"] == "America/Los_Angeles"
    for output in (done.stdout, done.stderr, failed.stdout, failed.stderr):
        assert "planted-" not in output


def test_a_stream_that_is_not_selected_costs_nothing(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))
    settings = google.settings(**_ONE_DAY)
    catalog = TapSearchConsole(config=settings).catalog_dict
    for stream in catalog["streams"]:
        is_wanted = stream["stream"] in {"page_days", "slices"}
        for entry in stream["metadata"]:
            if entry["breadcrumb"] == []:
                entry["metadata"]["selected"] = is_wanted

    output = sync(TapSearchConsole, settings, catalog=catalog)

    assert google.asked("query") == []
    assert {row["stream_name"] for row in output.records("slices")} == {"page_days"}
    assert {m["stream"] for m in output.messages if m["type"] == "SCHEMA"} == {
        "page_days",
        "slices",
    }


# What some kinds of search leave out


@pytest.mark.parametrize("search_type", ["discover", "googleNews"])
def test_discover_and_news_have_no_position(google: Google, search_type: str) -> None:
    shown = Shown(None, clicks=3, impressions=40, position=None)
    nobody = Shown(None, clicks=0, impressions=0, country="fra", position=None)
    google.show(_DAY, shown, nobody, search_type=search_type)

    output = _read(google, search_types=[search_type], **_ONE_DAY)

    (site,) = output.records("site_days")
    assert (site["clicks"], site["impressions"], site["position"]) == (3, 40, None)
    countries = {r["country"]: r for r in output.records("country_device_days")}
    assert (countries["esp"]["clicks"], countries["esp"]["position"]) == (3, None)
    assert (countries["fra"]["clicks"], countries["fra"]["impressions"]) == (0, 0)


@pytest.mark.parametrize("where", [["date"], ["date", "country", "device"]])
def test_rows_of_zeros_in_one_answer_only_are_no_contradiction(
    google: Google, where: list[str]
) -> None:
    zeros = {"clicks": 0, "impressions": 0, "ctr": 0}
    keys = [_DAY, "esp", "MOBILE"]

    def add(body: Body, answer: Body) -> int | None:
        if body.get("dimensions") == where:
            answer["rows"] = [{"keys": keys[: len(where)], **zeros}]
        return None

    google.interferences.append(add)
    output = _read(google, **_ONE_DAY)

    assert all(row["clicks"] == 0 for row in output.records("site_days"))
    assert {row["row_count"] for row in output.records("slices")} <= {0, 1}
