"""Academia IA, from its files to the views of its pages: the truth comes out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from orchestration.cli.demonstration.domain_truth import print_domain_truth
from sandbox.webinars.files import webinars
from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse

LAST_DAY = date(2026, 6, 30)
ZONE = "Europe/Madrid"

# E-mails opened and clicked, visits.
Signals = tuple[int, int, int]


def test_what_is_found_is_what_the_simulation_knows(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    contents = webinars(seed=11, last_day=LAST_DAY, registrants=20)
    truth = json.loads(contents.pop("truth.json"))["academia_ia"]
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    load_folder(warehouse, pair.acme, tmp_path, time_zone=ZONE)

    warehouse.build(
        pair.acme,
        as_of={pair.acme: str(LAST_DAY)},
        only=[
            *("webinar_outcomes", "webinar_month_outcomes", "webinar_section_totals"),
            *("webinar_satisfaction", "webinar_offers", "social_channel_months"),
            *("uptime_days", "webinar_funnels", "webinar_contents"),
            *("message_campaign_results", "webinar_lead_signals"),
        ],
    )

    reader = warehouse.add_reader(pair.acme)
    with psycopg.connect(warehouse.url, options=f"-c role={reader}") as database:
        assert print_domain_truth(database, truth) is None
        wrong = print_domain_truth(database, {**truth, "webinar_count": 25})
    assert wrong == "Webinars held: 24 for 25"
    found = signals(warehouse, pair.acme)
    assert found == signals_by_hand(contents)
    assert all(max(told) > 0 for told in zip(*found.values(), strict=True))


def signals(warehouse: Warehouse, company: str) -> dict[tuple[str, str], Signals]:
    rows = warehouse.rows(
        """select webinar_id, person_id, email_open_count, email_click_count,
            visit_count
        from marts.webinar_lead_signals where company_id = %s""",
        [company],
    )
    return {
        (row["webinar_id"], row["person_id"]): (
            row["email_open_count"],
            row["email_click_count"],
            row["visit_count"],
        )
        for row in rows
    }


def signals_by_hand(contents: dict[str, str]) -> dict[tuple[str, str], Signals]:
    """Of each lead what they did themselves in the 30 days up to the webinar's."""

    def rows(name: str) -> list[dict[str, str]]:
        return [*csv.DictReader(io.StringIO(contents[f"{name}.csv"]))]

    def day(text: str) -> date:
        return datetime.fromisoformat(text).astimezone(ZoneInfo(ZONE)).date()

    starts = {row["webinar_id"]: day(row["starts_at"]) for row in rows("webinars")}
    contacts = {row["email"]: row["contact_id"] for row in rows("contacts")}
    done = [
        (row["contact_id"], day(row["occurred_at"]), row["message_event"])
        for row in rows("message_events")
        if row["is_machine"] != "yes"
    ]
    done += [
        (row["contact_id"], day(row["occurred_at"]), "visit")
        for row in rows("community_events")
    ]
    bought = {
        (row["customer_email"], day(row["purchased_at"])) for row in rows("purchases")
    }
    found = {}
    for webinar, email in {(r["webinar_id"], r["email"]) for r in rows("attendances")}:
        at = starts[webinar]
        if any(
            who == email and at <= on <= at + timedelta(days=1) for who, on in bought
        ):
            continue
        mine = [
            what
            for who, on, what in done
            if who == contacts[email] and timedelta() <= at - on <= timedelta(days=29)
        ]
        person = hashlib.sha256(email.encode()).hexdigest()
        found[webinar, person] = (
            mine.count("opened"),
            mine.count("clicked"),
            mine.count("visit"),
        )
    return found
