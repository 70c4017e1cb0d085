"""Google Analytics 4: days by source, what is left out, and who is there now."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.taps.sources.ga4 import Day, google_analytics

_DAYS = {
    "d2026_03_01": Day(
        {"google": 40, "(direct)": 8}, 50, {"subjectToThresholding": True}
    ),
    "d2026_03_03": Day({"google": 4, "(other)": 1}, 5, {"dataLossFromOtherRow": True}),
}


def test_a_day_says_what_was_withheld_and_one_without_rows_is_read() -> None:
    with google_analytics(**_DAYS) as api:
        output = api.read("2026-03-01", "2026-03-03")

    told = [
        (r["date"], r["session_source"], r["sessions"], r["is_thresholded"])
        for r in output.records("source_days")
    ]
    assert told == [
        ("2026-03-01", "google", 40, True),
        ("2026-03-01", "(direct)", 8, True),
        ("2026-03-03", "google", 4, None),
        ("2026-03-03", "(other)", 1, None),
    ]
    first = output.records("source_days")[0]
    assert (first["page_views"], first["engaged_seconds"]) == (120, 3600)
    assert [r["has_other_row"] for r in output.records("source_days")][-1] is True
    totals = [(r["date"], r["sessions"]) for r in output.records("property_days")]
    assert totals == [("2026-03-01", 50), ("2026-03-03", 5)]
    slices = {
        s["date"]: s["row_count"]
        for s in output.records("slices")
        if s["stream_name"] == "source_days"
    }
    assert slices == {"2026-03-01": 2, "2026-03-02": 0, "2026-03-03": 2}
    by_source = [a for a in api.asked if len(a.get("dimensions", [])) == 4]
    spans = [a["dateRanges"][0] for a in by_source]
    assert {span["startDate"] == span["endDate"] for span in spans} == {True}


def test_realtime_is_a_table_of_its_own() -> None:
    with google_analytics() as api:
        output = api.read("2026-03-01", "2026-03-01")

    (now,) = output.records("realtime")
    assert (now["property_id"], now["active_users"], now["events"]) == ("123", 7, 30)
    assert output.records("source_days") == []


def test_days_are_read_again_for_two_weeks() -> None:
    today = datetime.now(ZoneInfo("America/Santiago")).date()
    start = f"{today - timedelta(days=20)}"
    with google_analytics() as api:
        first = api.read(start, None)
        api.asked.clear()
        api.read(start, None, first.state)

    asked = [a["dateRanges"][0] for a in api.asked if len(a.get("dimensions", [])) == 4]
    assert asked[0]["startDate"] == f"{today - timedelta(days=14)}"
    assert asked[-1]["endDate"] == f"{today - timedelta(days=1)}"
