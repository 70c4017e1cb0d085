"""The ten mistakes that connectors to Search Console make, one test or more each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from taps.api_source.errors import SourceError
from taps.tap_search_console.tap import TapSearchConsole
from tests.taps.tap_runs import Output, Run, sync
from tests.taps.tap_search_console.google import Body, Google, Shown

_SITE = "sc-domain:example.com"
_DAY = "2026-11-16"
_ONE_DAY = {"start_date": _DAY, "end_date": _DAY}


def _read(google: Google, state: Any = None, **settings: Any) -> Output:
    return sync(TapSearchConsole, google.settings(**settings), state)


def _queries(count: int, clicks: int = 1) -> list[Shown]:
    return [Shown(f"query {number}", clicks=clicks) for number in range(count)]


def _bookmarks(output: Output, stream: str = "site_days") -> list[str]:
    partitions = output.state["bookmarks"][stream]["partitions"]
    return [partition["replication_key_value"] for partition in partitions]


# 1. Offsets


def test_the_pages_of_a_day_are_asked_for_at_plain_offsets(google: Google) -> None:
    google.show(_DAY, *_queries(60_000))

    rows = _read(google, **_ONE_DAY).records("query_days")

    starts = [body["startRow"] for body in google.asked("query")]
    assert starts == [0, 25_000, 50_000]
    assert len({row["query"] for row in rows}) == len(rows) == 60_000


# 2. Stopping too early


def test_a_day_of_exactly_one_page_is_read_to_its_end(google: Google) -> None:
    google.show(_DAY, *_queries(25_000))

    assert len(_read(google, **_ONE_DAY).records("query_days")) == 25_000
    assert all(body["rowLimit"] == 25_000 for body in google.requests)


def test_an_empty_page_after_a_full_one_is_asked_for_twice(google: Google) -> None:
    google.show(_DAY, *_queries(25_001))
    _once(google, lambda body: body["startRow"] == 25_000, lambda a: a.pop("rows"))

    assert len(_read(google, **_ONE_DAY).records("query_days")) == 25_001


def test_the_ceiling_of_50000_rows_is_said_aloud(
    google: Google, caplog: pytest.LogCaptureFixture
) -> None:
    google.show(_DAY, *_queries(50_000), Shown(None, clicks=7))

    output = _read(google, **_ONE_DAY)

    assert "Google gives 50,000 rows of a day at most" in caplog.text
    assert output.records("site_days")[0]["clicks"] == 50_007


# 3. Totals


def test_the_total_of_a_day_is_the_propertys_and_not_the_sum_of_its_queries(
    google: Google,
) -> None:
    google.show(_DAY, Shown("shoes", clicks=5), Shown(None, clicks=3))

    output = _read(google, **_ONE_DAY)

    assert [row["clicks"] for row in output.records("site_days")] == [8]
    assert [row["clicks"] for row in output.records("query_days")] == [5]
    assert {
        row["stream_name"]: (row["total"], row["control_total"])
        for row in output.records("slices")
    } == {
        "site_days": (8, 8),
        "country_device_days": (8, 8),
        "page_days": (8, None),
        "query_days": (5, 8),
    }


def test_totals_are_asked_by_property(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    _read(google, **_ONE_DAY)

    assert {body["aggregationType"] for body in google.asked()} == {"byProperty"}


def test_clicks_that_are_missing_by_country_are_read_again(google: Google) -> None:
    google.show(_DAY, Shown("a"), Shown("b", country="fra"))
    _times(google, 2, _is_by_country, lambda answer: answer["rows"].pop())

    output = _read(google, **_ONE_DAY)

    assert len(output.records("country_device_days")) == 2
    assert len(output.records("site_days")) == 1


def test_clicks_that_stay_missing_fail_the_run_without_a_bookmark(
    google: Google,
) -> None:
    google.show("2026-11-15", Shown("a"))
    google.show(_DAY, Shown("a"), Shown("b", country="fra"))
    _times(
        google,
        99,
        lambda body: _is_by_country(body) and body["startDate"] == _DAY,
        lambda answer: answer.pop("rows"),
    )
    run = Run(TapSearchConsole, google.settings(start_date="2026-11-15"))

    with pytest.raises(SourceError, match="0 clicks by country and device, 2 clicks"):
        run.sync()

    assert _bookmarks(run.output) == ["2026-11-15"]
    assert {row["date"] for row in run.output.records("slices")} == {"2026-11-15"}


def test_a_total_that_is_missing_is_not_a_day_without_visitors(google: Google) -> None:
    google.show(_DAY, Shown("a"))
    _times(
        google,
        99,
        lambda body: body["dimensions"] == ["date"] and (body["dataState"] == "final"),
        lambda answer: answer.pop("rows"),
    )

    with pytest.raises(SourceError, match="1 clicks by country and device, 0 clicks"):
        _read(google, **_ONE_DAY)


# 4. One day at a time


def test_every_request_for_rows_is_about_one_day(google: Google) -> None:
    for offset in range(4):
        google.show(f"2026-11-1{offset}", Shown("shoes"))

    _read(google, start_date="2026-11-10", end_date="2026-11-13")

    assert all(
        body["startDate"] == body["endDate"]
        for body in google.requests
        if body["dimensions"] != ["date"]
    )


# 5. Averages


def test_position_comes_with_the_impressions_that_weight_it_and_ctr_not_at_all(
    google: Google,
) -> None:
    google.show(
        _DAY,
        Shown("a", impressions=10, position=1.0),
        Shown("b", impressions=30, position=5.0),
    )

    row = _read(google, **_ONE_DAY).records("site_days")[0]

    assert (row["impressions"], row["position"]) == (40, 4.0)
    assert "ctr" not in row


# 6. Look-back


@pytest.mark.parametrize("data_state", ["final", "all"])
@pytest.mark.parametrize("days", [5, 30])
def test_the_look_back_is_asked_for_and_written(
    google: Google, data_state: str, days: int
) -> None:
    for offset in range(51):
        day = date(2026, 10, 1) + timedelta(days=offset)
        google.show(day.isoformat(), Shown("shoes", clicks=1))
    settings = {"data_state": data_state, "start_date": "2026-10-01"}
    first = _read(google, **settings)
    for key in google.days:
        google.days[key] = [Shown("shoes", clicks=2)]

    second = _read(google, first.state, lookback_days=days, **settings)

    last = date.fromisoformat(_bookmarks(first)[0])
    reread = [last - timedelta(days=offset) for offset in range(days)]
    for stream in ("site_days", "query_days", "page_days", "country_device_days"):
        rows = second.records(stream)
        assert {row["date"] for row in rows} == {day.isoformat() for day in reread}
        assert {row["clicks"] for row in rows} == {2}


# 7. Keys


def test_keys_are_named_by_the_order_in_which_they_were_asked(google: Google) -> None:
    google.show(_DAY, Shown("shoes", country="deu", device="TABLET"))

    output = _read(google, **_ONE_DAY)

    by_country = output.records("country_device_days")[0]
    assert (by_country["country"], by_country["device"]) == ("deu", "TABLET")
    assert output.records("query_days")[0]["query"] == "shoes"
    assert output.records("page_days")[0]["page"] == "https://www.example.com/"


def test_a_row_of_a_day_that_was_not_asked_is_refused(google: Google) -> None:
    google.show(_DAY, Shown("shoes"))

    def another_day(answer: Body) -> None:
        answer["rows"][0]["keys"][0] = "2026-11-01"

    _once(google, _is_by_country, another_day)

    with pytest.raises(SourceError, match="2026-11-01, which was not asked"):
        _read(google, **_ONE_DAY)


# 8. Today


def test_a_day_that_google_has_not_counted_is_neither_a_zero_nor_behind_the_bookmark(
    google: Google,
) -> None:
    google.show("2026-11-17", Shown("shoes"))
    google.show("2026-11-18", Shown("shoes"))

    output = _read(google, start_date="2026-11-16")

    assert [row["date"] for row in output.records("site_days")] == ["2026-11-17"]
    closed = {row["date"]: row["row_count"] for row in output.records("slices")}
    assert closed == {"2026-11-16": 0, "2026-11-17": 1}
    assert _bookmarks(output) == ["2026-11-17"]


def test_fresh_days_are_marked_and_read_again(google: Google) -> None:
    for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
        google.show(day, Shown("shoes"))

    output = _read(google, start_date="2026-11-17", data_state="all")

    assert {row["date"]: row["is_final"] for row in output.records("site_days")} == {
        "2026-11-17": True,
        "2026-11-18": False,
        "2026-11-19": False,
    }
    assert {row["date"]: row["is_final"] for row in output.records("slices")} == {
        "2026-11-17": True,
        "2026-11-18": False,
        "2026-11-19": False,
    }
    assert _bookmarks(output) == ["2026-11-19"]


def test_today_is_in_pacific_time(google: Google) -> None:
    # It is the 21st in Greenwich and still the 20th in California.
    _read(google, data_state="all")

    assert max(body["endDate"] for body in google.requests) == "2026-11-20"


def test_the_newer_name_of_the_first_incomplete_date_is_known_too(
    google: Google,
) -> None:
    google.show("2026-11-17", Shown("shoes"))

    def rename(body: Body, answer: Body) -> None:
        if metadata := answer.get("metadata"):
            metadata["firstIncompleteDate"] = metadata.pop("first_incomplete_date")

    google.interferences.append(rename)

    assert _bookmarks(_read(google)) == ["2026-11-17"]


def test_without_a_first_incomplete_date_the_last_days_are_left_for_later(
    google: Google,
) -> None:
    google.first_incomplete = None
    for day in (14, 15, 16):
        google.show(f"2026-11-{day}", Shown("shoes"))

    assert _bookmarks(_read(google)) == ["2026-11-15"]


def test_days_that_google_delivers_much_later_than_usual_are_not_skipped(
    google: Google,
) -> None:
    google.first_incomplete = None
    google.show("2026-11-08", Shown("shoes"))
    during = _read(google)
    assert _bookmarks(during) == ["2026-11-08"]
    late = [f"2026-11-{day:02}" for day in range(9, 13)]
    for day in late:
        google.show(day, Shown("shoes"))
    google.now += timedelta(days=12)

    after = _read(google, during.state, lookback_days=5)

    assert set(late) < {row["date"] for row in after.records("site_days")}


def test_a_google_whose_clock_is_wrong_makes_no_bookmark_of_the_future(
    google: Google,
) -> None:
    google.first_incomplete = None
    google.show("2026-11-08", Shown("shoes"))
    google.now += timedelta(days=400)

    assert _bookmarks(_read(google, start_date="2026-11-01")) == ["2026-11-08"]


# 9. Aggregation


def test_an_answer_that_counts_in_another_way_than_asked_is_refused(
    google: Google,
) -> None:
    google.show(_DAY, Shown("shoes"))

    def by_page(answer: Body) -> None:
        answer["responseAggregationType"] = "byPage"

    _times(google, 99, lambda body: body["dimensions"] == ["date"], by_page)

    with pytest.raises(SourceError, match="asked for byProperty, answered byPage"):
        _read(google, **_ONE_DAY)


def test_a_domain_and_its_prefixes_stay_apart_and_are_warned_about(
    google: Google,
) -> None:
    prefix = "https://www.example.com/"
    google.sites[prefix] = "siteFullUser"
    google.show(_DAY, Shown("shoes", clicks=5))
    google.show(_DAY, Shown("shoes", clicks=4), site=prefix)

    output = _read(google, **_ONE_DAY)
    warnings = TapSearchConsole(config=google.settings()).check()["warnings"]

    assert {row["site_url"]: row["clicks"] for row in output.records("site_days")} == {
        _SITE: 5,
        prefix: 4,
    }
    assert {
        row["site_url"]: row["property_kind"] for row in output.records("sites")
    } == {_SITE: "domain", prefix: "url_prefix"}
    assert any("must not be added" in warning for warning in warnings)


# 10. Structural breaks


@pytest.mark.parametrize(
    ("day", "is_marked"),
    [
        ("2026-04-26", True),
        ("2026-04-27", True),
        ("2026-04-28", False),
    ],
)
def test_days_with_too_many_impressions_are_marked(
    google: Google, day: str, is_marked: bool
) -> None:
    google.show(day, Shown("shoes"))

    row = _read(google, start_date=day, end_date=day).records("site_days")[0]

    assert row["impressions_are_over_reported"] is is_marked


def _is_by_country(body: Body) -> bool:
    return "country" in body["dimensions"]


def _once(google: Google, when: Any, change: Any) -> None:
    _times(google, 1, when, change)


def _times(google: Google, times: int, when: Any, change: Any) -> None:
    left = [times]

    def interfere(body: Body, answer: Body) -> None:
        if left[0] and when(body):
            left[0] -= 1
            change(answer)

    google.interferences.append(interfere)
