"""An audience is divided into kinds that keep their numbers, or is told why not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from ml_assets.assets.webinar_segments import segment_company_audience
from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.warehouse import Warehouse

AS_OF = dt.date(2026, 3, 31)


def add_audience(warehouse: Warehouse, company: str, size: int) -> None:
    """Half of them stay, write and buy; half register and do not come."""
    warehouse.execute(COMPANY, [company])
    at = dt.datetime(2026, 3, 10, 17, tzinfo=dt.UTC)
    held: dict[str, Any] = {
        "starts_at": at,
        "start_date": at.date(),
        "as_of_date": AS_OF,
    }
    held |= {"company_id": company, "webinar_id": "W", "title": "W", "series": "mes"}
    insert(warehouse, "webinars", **held)
    rng = np.random.default_rng(5)
    for number in range(size):
        comes = number % 2 == 0
        amount = 1.0 if comes else 0.0
        row: dict[str, Any] = {"company_id": company, "person_id": f"p{number:03}"}
        row |= {"registered_count": 2, "attended_count": 2 * comes}
        row |= {
            name: amount * float(rng.uniform(0.8, 1))
            for name in ("attended_ratio", "chat_mean", "answered_poll_ratio")
        }
        row |= {"engagement_mean": 85 if comes else None, "net_revenue": 50 * amount}
        row |= {"is_converted": comes and number % 4 == 0, "company_size": "251-500"}
        insert(warehouse, "webinar_audience_members", **row)


def told(warehouse: Warehouse, view: str, company: str) -> list[dict[str, Any]]:
    return warehouse.rows(
        f"select * from reporting.{view} where company_id = %s order by 2", [company]
    )


def test_an_audience_is_divided_the_same_way_twice_or_is_too_small(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    add_audience(warehouse, pair.acme, 120)
    add_audience(warehouse, pair.bolt, 20)

    counts = segment_company_audience(warehouse.url, pair.acme)
    first = told(warehouse, "webinar_segment_profiles", pair.acme)
    segment_company_audience(warehouse.url, pair.acme)
    segment_company_audience(warehouse.url, pair.bolt)

    assert counts["webinar_segment_members"] == 120
    again = told(warehouse, "webinar_segment_profiles", pair.acme)
    assert again == first
    came, stayed_away = sorted(
        again, key=lambda each: -each["segment_conversion_count"]
    )
    assert (came["segment_people_count"], came["segment_conversion_count"]) == (60, 30)
    assert (came["segment_people_ratio"], came["segment_engagement"]) == (0.5, 85)
    assert 0.37 < came["conversion_lower_ratio"] < 0.38
    assert (came["wants_premium"], came["wants_upsell"]) == (True, True)
    assert came["wants_enterprise"]
    assert came["segment_moved_in_count"] == 0
    assert stayed_away["top_feature"] == "less"
    assert (stayed_away["wants_premium"], stayed_away["wants_upsell"]) == (False, False)
    tried = told(warehouse, "webinar_segment_choices", pair.acme)
    assert [each["segment_count"] for each in tried if each["is_taken"]] == [2]
    assert {each["segment_kept_count"] for each in tried} == {120}

    assert told(warehouse, "webinar_segment_profiles", pair.bolt) == []
    (small,) = told(warehouse, "webinar_segment_choices", pair.bolt)
    assert (small["segment_count"], small["is_taken"]) == (0, False)
    assert small["audience_people_count"] == 20
