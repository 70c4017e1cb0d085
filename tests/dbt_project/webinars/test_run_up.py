"""What brings people to a webinar to come, the day before the latest told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinar_rows import webinar, webinar_file

DAY_BEFORE, DAY = "2026-03-04", "2026-03-05"
TOLD_AT = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
AD = {"session_source": "google", "session_medium": "cpc"}


def visits(
    campaign: str | None, sessions: int, day: str = DAY_BEFORE, **by: str
) -> dict[str, object]:
    told = {"session_source": "newsletter", "session_campaign": campaign, **by}
    return {"visit_date": day, "sessions": sessions, **told}


def add_company(warehouse: Warehouse, company: str, *told: dict[str, object]) -> None:
    warehouse.execute(COMPANY, [company])
    both = [webinar(name, f"{DAY} 17:00+00") for name in ("W1", "W2")]
    link = {"webinar_id": "W1", "campaign": "Marzo Lanza"}
    warehouse.load(
        company,
        webinar_file("webinars", *both),
        webinar_file("webinar_campaigns", link),
        webinar_file("web_sessions", *told),
    )
    for one in ("W1", "W2"):
        pace: dict[str, Any] = {"webinar_id": one, "told_at": TOLD_AT}
        insert(warehouse, "webinar_paces", company_id=company, **pace)


def test_visits_of_the_day_before_are_paid_or_not(warehouse: Warehouse) -> None:
    pair = warehouse.add_pair()
    add_company(
        warehouse,
        pair.acme,
        *(visits("marzo_lanza", 6), visits("W1", 4), visits("w1", 3, **AD)),
        # Of no webinar, of another day, and the beginning of the day itself.
        *(visits(None, 100), visits("w1", 50, "2026-03-03"), visits("w1", 70, DAY)),
    )
    # Visits of two days ago say nothing of yesterday's.
    add_company(warehouse, pair.bolt, visits("w1", 9, "2026-03-03"))

    warehouse.dbt.run(
        *("run", "--select", "webinar_run_ups"),
        company_ids=[pair.acme, pair.bolt],
        as_of_dates=dict.fromkeys((pair.acme, pair.bolt), "2026-03-10"),
    )

    rows = warehouse.rows(
        """select company_id, webinar_id, visit_date::text, paid_visit_count,
            other_visit_count
        from marts.webinar_run_ups where company_id = any(%s) order by 1, 2""",
        [[pair.acme, pair.bolt]],
    )
    assert [tuple(row.values()) for row in rows] == [
        (pair.acme, "W1", DAY_BEFORE, 3, 10),
        (pair.acme, "W2", DAY_BEFORE, 0, 0),
        (pair.bolt, "W1", DAY_BEFORE, None, None),
        (pair.bolt, "W2", DAY_BEFORE, None, None),
    ]
