"""Reports that are too large, and runs that come to nothing."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.meta_ads.service import Limits
from taps.api_source.errors import AccessDenied, RateLimited, SourceError, TooMuchData
from taps.tap_meta_ads.report_runs import ReportReader
from taps.tap_meta_ads.reports import Report
from taps.tap_meta_ads.runs_in_flight import Pace
from tests.taps.tap_meta_ads.runs import Meta, bookmarks

DAY = date(2026, 11, 20)


@pytest.fixture
def limits() -> Limits:
    """A report holds one row: less than one day of three campaigns."""
    return Limits(report_rows=1)


def test_a_report_is_split_by_days_and_then_by_campaigns(meta: Meta) -> None:
    # A breakdown by platform has two rows even for one campaign.
    run = meta.run()
    with pytest.raises(TooMuchData, match="one campaign, day and metric"):
        run.sync()
    # What fits is read all the same, and nothing else is bookmarked.
    found = run.output
    assert len(found.records("campaign_days")) == 9
    assert len(found.records("ad_days")) == 9
    assert bookmarks(found.state, "campaign_platform_days") == {}


class Scripted:
    """A Meta that answers polls from a list."""

    def __init__(self, *runs: dict[str, Any]) -> None:
        self.answers = list(runs)
        self.submitted = 0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def post(self, path: str, **_: Any) -> dict[str, Any]:
        self.submitted += 1
        return {"report_run_id": str(self.submitted)}

    def get(self, path: str, **_: Any) -> dict[str, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def pages(self, path: str, **_: Any) -> list[dict[str, Any]]:
        assert path == f"{self.submitted}/insights"
        return [{"data": [{"run": path}]}]


RUNNING = {"async_status": "Job Running", "async_percent_completion": 42}
COMPLETED = {"async_status": "Job Completed", "async_percent_completion": 100}
REPORT = Report("1", "campaign", ("spend", "actions"), DAY, DAY, campaign_ids=("7",))


def read(meta: Scripted) -> list[dict[str, Any]]:
    return ReportReader(meta, lambda _: ["7"]).read(REPORT)  # type: ignore[arg-type]


def failed(code: int, subcode: int) -> dict[str, Any]:
    return {
        "async_status": "Job Failed",
        "error_code": code,
        "error_subcode": subcode,
        "error_message": "no",
    }


def test_a_skipped_run_is_submitted_again() -> None:
    meta = Scripted({"async_status": "Job Skipped"}, COMPLETED)
    assert read(meta) == [{"run": "2/insights"}]


def test_all_rows_made_is_not_all_rows_readable() -> None:
    almost = {"async_status": "Job Running", "async_percent_completion": 100}
    meta = Scripted(almost, almost, COMPLETED)
    assert read(meta) == [{"run": "1/insights"}]
    assert meta.waits == [1, 2, 4]


def test_a_run_that_never_moves_is_submitted_again_and_not_waited_for_for_ever() -> (
    None
):
    meta = Scripted({"async_status": "Job Running", "async_percent_completion": 42})
    with pytest.raises(SourceError, match=r"within 1,8\d\d s, twice.*report_timeout"):
        read(meta)
    assert meta.submitted == 2
    assert max(meta.waits) == 30


def test_a_run_of_several_days_that_is_not_made_in_time_is_asked_for_in_parts() -> None:
    class Slow(Scripted):
        def post(self, path: str, **parameters: Any) -> dict[str, Any]:
            span = json.loads(parameters["time_range"])
            is_day = span["since"] == span["until"]
            self.answers = [COMPLETED if is_day else RUNNING]
            return super().post(path, **parameters)

    meta = Slow(RUNNING)
    report = replace(REPORT, first=DAY - timedelta(days=1))
    reader = ReportReader(meta, lambda _: ["7"])  # type: ignore[arg-type]
    assert reader.read(report) == [{"run": "2/insights"}, {"run": "3/insights"}]


class Side(Scripted):
    """A Meta that finishes each run at the third look at it."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []
        self.looks: Counter[str] = Counter()

    def post(self, path: str, **parameters: Any) -> dict[str, Any]:
        answer = super().post(path, **parameters)
        self.events.append(f"ask {answer['report_run_id']}")
        return answer

    def get(self, path: str, **_: Any) -> dict[str, Any]:
        self.looks[path] += 1
        return COMPLETED if self.looks[path] >= 3 else RUNNING

    def pages(self, path: str, **_: Any) -> list[dict[str, Any]]:
        self.events.append(f"read {path.split('/', maxsplit=1)[0]}")
        return [{"data": [{"run": path.split("/", maxsplit=1)[0]}]}]


def reports(count: int) -> list[Report]:
    days = [DAY - timedelta(days=number) for number in range(count)]
    return [replace(REPORT, first=day, last=day) for day in days]


def test_reports_are_asked_for_ahead_and_read_in_their_order() -> None:
    meta, asked = Side(), reports(4)
    reader = ReportReader(meta, lambda _: ["7"], Pace(parallel=2))  # type: ignore[arg-type]
    reader.expect(asked)
    rows = [row["run"] for report in asked for row in reader.read(report)]
    assert rows == ["1", "2", "3", "4"]
    flying = [e.split()[0] for e in meta.events]
    assert meta.events[:3] == ["ask 1", "ask 2", "read 1"]
    assert all(
        flying[:n].count("ask") - flying[:n].count("read") <= 2
        for n in range(len(flying))
    )


def test_side_by_side_takes_no_longer_than_one_by_one_divided() -> None:
    waited = []
    for parallel in (1, 4):
        meta, asked = Side(), reports(4)
        reader = ReportReader(meta, lambda _: ["7"], Pace(parallel=parallel))  # type: ignore[arg-type]
        reader.expect(asked)
        for report in asked:
            reader.read(report)
        waited.append(sum(meta.waits))
    assert waited == [28, 7]


def test_a_report_that_is_refused_ahead_fails_only_when_its_turn_comes() -> None:
    class Refusing(Side):
        def post(self, path: str, **parameters: Any) -> dict[str, Any]:
            if self.submitted == 1:
                raise RateLimited("later")
            return super().post(path, **parameters)

    meta, asked = Refusing(), reports(2)
    reader = ReportReader(meta, lambda _: ["7"])  # type: ignore[arg-type]
    reader.expect(asked)
    assert reader.read(asked[0]) == [{"run": "1"}]
    with pytest.raises(RateLimited):
        reader.read(asked[1])


def test_a_run_that_failed_in_passing_is_submitted_again() -> None:
    meta = Scripted(failed(2, 1_504_044), COMPLETED)
    assert read(meta) == [{"run": "2/insights"}]


def test_a_run_that_was_too_large_is_asked_for_in_parts() -> None:
    meta = Scripted(failed(2, 1_504_038), COMPLETED)
    assert read(meta) == [{"run": "3/insights"}]
    assert meta.submitted == 3


def test_a_run_that_lost_its_permission_is_not_submitted_again() -> None:
    meta = Scripted(failed(190, 460))
    with pytest.raises(AccessDenied):
        read(meta)
    assert meta.submitted == 1


def test_halves_have_every_day_once() -> None:
    report = Report("1", "ad", ("spend",), date(2026, 11, 1), date(2026, 11, 5))
    spans = [(half.first.day, half.last.day) for half in report.by_days()]
    assert spans == [(1, 3), (4, 5)]
    assert Report("1", "ad", ("spend",), DAY, DAY).by_days() == []


def test_rows_of_split_metrics_are_put_together() -> None:
    class Narrow(ReportReader):
        def _run(self, report: Report) -> list[dict[str, Any]]:
            if len(report.metrics) > 1:
                raise TooMuchData("too much")
            (metric,) = report.metrics
            return [{"date_start": "2026-11-20", "campaign_id": "7", metric: "1"}]

    rows = Narrow(Scripted(COMPLETED), lambda _: ["7"]).read(REPORT)  # type: ignore[arg-type]
    assert rows == [
        {"date_start": "2026-11-20", "campaign_id": "7", "spend": "1", "actions": "1"}
    ]
