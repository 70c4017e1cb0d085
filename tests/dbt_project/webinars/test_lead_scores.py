"""Whom to call is said of a company's own attendees, or why nobody is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from ml_assets.assets.webinar_leads import score_company_leads
from tests.dbt_project.mart_rows import COMPANY, insert
from tests.dbt_project.warehouse import Warehouse
from tests.dbt_project.webinar_rows import registrant, webinar_file
from tests.ml_assets.webinars.test_lead_scores import AS_OF, attendees


def add_attendees(warehouse: Warehouse, company: str, size: int) -> None:
    warehouse.execute(COMPANY, [company])
    people = attendees(size)
    for webinar_id, day in people.groupby("webinar_id")["start_date"].first().items():
        row: dict[str, Any] = {"company_id": company, "webinar_id": webinar_id}
        row |= {"title": webinar_id, "start_date": day, "as_of_date": AS_OF}
        row["starts_at"] = dt.datetime.combine(day, dt.time(17), dt.UTC)
        insert(warehouse, "webinars", **row, series="mes")
    for each in people.to_dict("records"):
        insert(warehouse, "webinar_leads", company_id=company, **_plain(each))


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(k): None if pd.isna(v) else v for k, v in row.items()}


def told(warehouse: Warehouse, view: str, company: str) -> list[dict[str, Any]]:
    return warehouse.rows(
        f"select * from reporting.{view} where company_id = %s", [company]
    )


def test_a_company_is_told_whom_to_call_or_why_nobody(warehouse: Warehouse) -> None:
    pair = warehouse.add_pair()
    add_attendees(warehouse, pair.acme, 20)
    add_attendees(warehouse, pair.bolt, 2)

    for company in (pair.acme, pair.bolt):
        score_company_leads(warehouse.url, company)
    counts = score_company_leads(warehouse.url, pair.acme)
    (last,) = warehouse.rows(
        """select webinar_id, person_id, start_date from reporting.webinar_calls
        where company_id = %s and call_rank = 1""",
        [pair.acme],
    )
    did: dict[str, Any] = {
        "email_open_count": 3,
        "email_click_count": 1,
        "visit_count": 2,
    }
    insert(warehouse, "webinar_lead_signals", company_id=pair.acme, **last, **did)

    calls = told(warehouse, "webinar_calls", pair.acme)
    assert len(calls) == counts["webinar_leads"] > 20
    assert sorted(row["call_rank"] for row in calls) == list(range(1, len(calls) + 1))
    assert {row["as_of_date"] for row in calls} == {AS_OF}
    # Without an id of the platform people are told by the beginning of what is known.
    assert all(row["person_name"] == row["person_id"][:12] for row in calls)
    # What is known of a lead stands beside them; of the others nobody knows.
    beside = ("lead_open_count", "lead_click_count", "lead_visit_count")
    by_rank = {row["call_rank"]: [row[name] for name in beside] for row in calls}
    assert by_rank[1] == [3, 1, 2]
    assert by_rank[2] == [None, None, None]
    bands = told(warehouse, "webinar_call_bands", pair.acme)
    assert {row["band"] for row in bands} >= {"high", "very_low", "called", "others"}
    (grade,) = told(warehouse, "webinar_call_grades", pair.acme)
    assert grade["is_scored"]
    assert grade["graded_people_count"] > 0

    assert told(warehouse, "webinar_calls", pair.bolt) == []
    assert told(warehouse, "webinar_call_bands", pair.bolt) == []
    (refused,) = told(warehouse, "webinar_call_grades", pair.bolt)
    assert not refused["is_scored"]
    assert "hacen falta 80" in refused["told_es"]
    assert "80 are needed" in refused["told_en"]


LEVELS = {
    "CEO & Founder": "owner",
    "Gerente General": "owner",
    "Socia": "owner",
    "Vicepresidenta de Ventas": "director",
    "VP, Marketing": "director",
    "DIRECTORA de Operaciones": "director",
    "Jefe de producto": "manager",
    "Líder técnico": "manager",
    "Asistente de dirección general": "other",
    "Product Owner": "other",
    "Becaria": "student",
    "Analista": "other",
    "  ": None,
}


def test_of_a_title_the_level_is_kept(warehouse: Warehouse) -> None:
    company = warehouse.add_pair().acme
    early = "2026-03-01 10:00:00+00"
    rows = [
        registrant("W1", str(number), early, job_title=title)
        for number, title in enumerate(LEVELS)
    ]
    warehouse.load(company, webinar_file("registrants", *rows))

    found = warehouse.rows(
        """select registrant_id, job_level from staging.stg_files__registrants
        where company_id = %s""",
        [company],
    )

    levels = {row["registrant_id"]: row["job_level"] for row in found}
    assert levels == {
        f"id {number}": level for number, level in enumerate(LEVELS.values())
    }
