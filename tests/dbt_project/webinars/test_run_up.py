"""What brings people to a webinar to come, the day before the latest told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinar_rows import webinar, webinar_file

DAY_BEFORE, DAY = "2026-03-04", "2026-03-05"
TOLD_AT = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
EARLIER, LATER = "2026-03-05 09:00:00+00", "2026-03-05 11:00:00+00"
UNCOUNTED: dict[str, object] = {"likes": None, "comments": None, "shares": None}
AD = {"session_source": "google", "session_medium": "cpc"}


def visits(
    campaign: str | None, sessions: int, day: str = DAY_BEFORE, **by: str
) -> dict[str, object]:
    told = {"session_source": "newsletter", "session_campaign": campaign, **by}
    return {"visit_date": day, "sessions": sessions, **told}


def post(
    post_id: str, campaign: str | None, at: str, **by: object
) -> dict[str, object]:
    told = {"channel": "LinkedIn", "likes": 10, "comments": 2, "shares": 1}
    return {"post_id": post_id, "campaign": campaign, "posted_at": at, **told, **by}


def add_company(
    warehouse: Warehouse,
    company: str,
    *told: dict[str, object],
    posts: Sequence[dict[str, object]] = (),
) -> None:
    warehouse.execute(COMPANY, [company])
    both = [webinar(name, f"{DAY} 17:00+00") for name in ("W1", "W2")]
    link = {"webinar_id": "W1", "campaign": "Marzo Lanza"}
    warehouse.load(
        company,
        webinar_file("webinars", *both),
        webinar_file("webinar_campaigns", link),
        webinar_file("web_sessions", *told),
        *([webinar_file("social_posts", *posts)] if posts else ()),
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
        posts=[
            post("new", "marzo_lanza", "2026-03-04 12:30:00+00"),
            post("twice", "w1", "2026-03-05 08:00:00+00", measured_at=EARLIER),
            post("twice", "w1", "2026-03-05 08:00:00+00", likes=20, measured_at=LATER),
            post("uncounted", "w1", "2026-03-05 09:00:00+00", **UNCOUNTED),
            # Of the day before, of no webinar, and after the latest moment.
            post("old", "w1", "2026-03-04 11:59:00+00"),
            post("other", None, "2026-03-05 09:00:00+00"),
            post("later", "w1", "2026-03-05 12:01:00+00"),
        ],
    )
    # Visits of two days ago say nothing of yesterday's.
    add_company(
        warehouse,
        pair.bolt,
        visits("w1", 9, "2026-03-03"),
        posts=[post("old", "w1", "2026-03-03 09:00:00+00")],
    )

    warehouse.dbt.run(
        *("run", "--select", "webinar_run_ups", "webinar_post_engagements"),
        company_ids=[pair.acme, pair.bolt],
        as_of_dates=dict.fromkeys((pair.acme, pair.bolt), "2026-03-10"),
    )

    rows = warehouse.rows(
        """select company_id, webinar_id, visit_date::text, paid_visit_count,
            other_visit_count, engagement_count
        from marts.webinar_run_ups
        left join marts.webinar_post_engagements using (company_id, webinar_id)
        where company_id = any(%s) order by 1, 2""",
        [[pair.acme, pair.bolt]],
    )
    assert [tuple(row.values()) for row in rows] == [
        (pair.acme, "W1", DAY_BEFORE, 3, 10, 13 + 23),
        (pair.acme, "W2", DAY_BEFORE, 0, 0, 0),
        (pair.bolt, "W1", DAY_BEFORE, None, None, None),
        (pair.bolt, "W2", DAY_BEFORE, None, None, None),
    ]
