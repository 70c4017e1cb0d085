"""The Data API of Google Analytics 4, as its documentation shows its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from taps.declared.tap import declared_tap
from tests.taps.sources.answering import Answer, answering
from tests.taps.tap_runs import Output, sync

__all__ = ["Day", "GoogleAnalytics", "google_analytics"]


@dataclass
class Day:
    """A day: sessions by source, those in all, and what the answer says of itself."""

    by_source: dict[str, int]
    total: int
    metadata: dict[str, Any] = field(default_factory=dict)
    time_zone: str = "America/Santiago"


@dataclass
class GoogleAnalytics:
    """Where it listens, its days, and the reports it was asked for."""

    days: dict[str, Day]
    url: str = ""
    asked: list[Any] = field(default_factory=list)

    def read(self, first: str, last: str | None, state: Any = None) -> Output:
        secrets = {"client_id": "i", "client_secret": "s", "refresh_token": "r"}
        config = {"api_url": self.url, "token_url": f"{self.url}/token", **secrets}
        config |= {"start_date": first} | ({"end_date": last} if last else {})
        return sync(declared_tap("ga4"), {**config, "property_ids": ["123"]}, state)

    def report(self, _: Mapping[str, str], __: Any, body: Any) -> Any:
        self.asked.append(body)
        names = [each["name"] for each in body.get("dimensions", [])]
        if not names:
            return {"metadata": {"timeZone": "America/Santiago", "currencyCode": "CLP"}}
        (span,) = body["dateRanges"]
        told = {
            date: day
            for date, day in self.days.items()
            if span["startDate"] <= date <= span["endDate"]
        }
        rows = []
        for date, day in told.items():
            sources = day.by_source if len(names) > 1 else {"": day.total}
            for source, count in sources.items():
                values = [date.replace("-", ""), source, "(none)", "(not set)"]
                counts = [count, count // 2, count, count // 4, 1]
                counts += [3 * count, 90 * count]
                rows.append(
                    {
                        "dimensionValues": [{"value": v} for v in values[: len(names)]],
                        "metricValues": [{"value": str(v)} for v in counts],
                    }
                )
        of_day = next(iter(told.values()), Day({}, 0))
        metadata = {"timeZone": of_day.time_zone} | (
            of_day.metadata if len(names) > 1 else {}
        )
        # Of nothing the list is left out, and so is its length.
        found = {"rows": rows, "rowCount": len(rows)} if rows else {}
        return {**found, "metadata": metadata, "kind": "analyticsData#runReport"}

    def realtime(self, _: Mapping[str, str], __: Any, ___: Any) -> Any:
        return {"rows": [{"metricValues": [{"value": v} for v in ("7", "30", "1")]}]}


@contextmanager
def google_analytics(**days: Day) -> Iterator[GoogleAnalytics]:
    """Serve days, named like `d2026_03_01`."""
    told = {name[1:].replace("_", "-"): day for name, day in days.items()}
    api = GoogleAnalytics(told)
    answers: dict[str, Answer] = {
        "POST /properties/{property}:runReport": api.report,
        "POST /properties/{property}:runRealtimeReport": api.realtime,
        "POST /token": lambda *_: {"access_token": "t", "expires_in": 3600},
    }
    with answering(answers) as api.url:
        yield api
