"""Days of Google Analytics: what is left out of them is counted, by company."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile
from tests.dbt_project.raw_marketing import land, web_day, web_source
from tests.dbt_project.warehouse import Warehouse

_MADRID = {"time_zone": "Europe/Madrid"}


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """A property that withholds rows and moves to another zone, beside its namesake."""
    pair = warehouse.add_pair()
    days = [
        web_day("2026-02-27", 50),
        web_day("2026-02-28", 5, **_MADRID),
        # Nobody is told of by source on a day of few.
        web_day("2026-03-01", 3, is_thresholded=True, **_MADRID),
        # After the day that is built for.
        web_day("2026-03-09", 100, **_MADRID),
    ]
    sources = [
        web_source("2026-02-27", "google", 40, is_thresholded=True),
        web_source("2026-02-27", "linkedin", 8, is_thresholded=True),
        web_source("2026-02-28", "google", 4, samplings='[{"samplesReadCount": "1"}]'),
        web_source("2026-02-28", "(other)", 1),
        web_source("2026-03-09", "google", 100),
    ]
    for company, row in ((pair.acme, days), (pair.bolt, [web_day("2026-02-27", 7)])):
        land(warehouse.url, company, "raw_ga4.property_days", *row)
    land(warehouse.url, pair.acme, "raw_ga4.source_days", *sources)
    # Of a day that Google Analytics tells of no file counts.
    exported = [
        {"visit_date": day, "session_source": source, "sessions": 9}
        for day, source in (("2026-02-27", "google"), ("2026-03-02", "newsletter"))
    ]
    warehouse.load(pair.acme, RawFile("w.csv", exported, contract="web_sessions"))
    seven = web_source("2026-02-27", "google", 7)
    land(warehouse.url, pair.bolt, "raw_ga4.source_days", seven)
    marts = ("web_days", "web_source_months")
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-03-05")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=marts)
    query = "select * from marts.{} where company_id = %s order by 3, 2"
    return {mart: warehouse.rows(query.format(mart), [pair.acme]) for mart in marts}


def test_sessions_that_no_source_has_are_counted_as_withheld(built: Any) -> None:
    told = [
        (row["session_count"], row["withheld_session_count"], row["is_thresholded"])
        for row in built["web_days"]
    ]
    assert told == [(50, 2, True), (5, 0, False), (3, 3, True)]


def test_samples_rare_sources_and_another_zone_are_told_by_day(built: Any) -> None:
    names = ("is_sampled", "has_other_row", "is_zone_changed")
    flags = [[row[name] for name in names] for row in built["web_days"]]
    assert flags == [[False] * 3, [True, True, True], [False] * 3]


def test_sources_add_up_within_the_month_of_one_company(built: Any) -> None:
    rows = built["web_source_months"]
    months = {
        (row["month_start_date"], row["utm_source"]): row["session_count"]
        for row in rows
    }
    february = date(2026, 2, 1)
    assert months == {
        (february, "google"): 44,
        (february, "linkedin"): 8,
        (february, "(other)"): 1,
        (date(2026, 3, 1), "newsletter"): 9,
    }
    # The file does not say how many were engaged.
    engaged = {row["utm_source"]: row["engaged_session_count"] for row in rows}
    assert engaged["newsletter"] is None
    assert engaged["google"] is not None
