"""Red Profesional, from its files to the views of its pages: the truth comes out."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import psycopg

from orchestration.cli.demonstration.domain_truth import print_domain_truth
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.signatures import Sender
from orchestration.lib.tenancy.privacy.erasure import forget
from sandbox.community import messages
from sandbox.community.files import community
from sandbox.community.people import simulate_people
from tests.dbt_project.community.programme import at, contact, everything, file, login
from tests.dbt_project.community.test_what_the_receiver_keeps import leave
from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse

SENDERS: Final[tuple[Sender, ...]] = ("whatsapp", "sendgrid")
LAST_DAY = date(2026, 6, 30)
MARTS = ("access_days", "community_months", "flow_days", "referral_cohorts")


def test_what_is_found_is_what_the_simulation_knows(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    contents = community(seed=11, last_day=LAST_DAY, daily=1.0)
    truth = json.loads(contents.pop("truth.json"))["red_profesional"]
    for sender in SENDERS:
        for body in contents.pop(f"{sender}.jsonl").splitlines():
            leave(warehouse, pair.acme, sender, body.encode())
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    load_folder(warehouse, pair.acme, tmp_path, time_zone="Europe/Madrid")

    marts = [*MARTS, "message_campaign_results"]
    warehouse.build(pair.acme, as_of={pair.acme: str(LAST_DAY)}, only=marts)

    reader = warehouse.add_reader(pair.acme)
    with psycopg.connect(warehouse.url, options=f"-c role={reader}") as database:
        assert print_domain_truth(database, truth) is None
        wrong = print_domain_truth(database, {**truth, "refused_attempt_count": 41})
    assert wrong == "Refused attempts to get in: 40 for 41"
    assert sent_of(warehouse, pair.acme) == sent_in_all()


def sent_of(warehouse: Warehouse, company_id: str) -> dict[str, list[int]]:
    """By campaign: whom it was sent to, reached, and who opened and clicked."""
    counts = ("sent_count", "delivered_count", "opened_by_human_count", "clicked_count")
    rows = warehouse.rows(
        "select * from marts.message_campaign_results where company_id = %s",
        [company_id],
    )
    return {row["campaign_id"]: [row[each] for each in counts] for row in rows}


def sent_in_all() -> dict[str, list[int]]:
    """The same, counted in what was simulated, whichever way it is told."""
    rng = np.random.default_rng(11)
    first_day = LAST_DAY - timedelta(days=400)
    people = simulate_people(first_day, LAST_DAY, 1.0, rng)
    sent = messages.campaigns(first_day, LAST_DAY)
    rows, _ = messages.message_events(sent, people, rng)
    counted: dict[str, list[int]] = {}
    for campaign in sent:
        own = [row for row in rows if row["campaign_id"] == campaign["campaign_id"]]
        counted[campaign["campaign_id"]] = [
            len(
                {
                    row["contact_id"]
                    for row in own
                    if row["message_event"] == name and row["is_machine"] == "no"
                }
            )
            for name in ("sent", "delivered", "opened", "clicked")
        ]
    return counted


def test_who_is_forgotten_is_in_no_table_of_the_community(
    warehouse: Warehouse, pair: Pair, settings: Settings
) -> None:
    day = at("2026-01-05")
    ana = contact("a", day, email="ana@x.test", client_id="browser")
    bea = contact("b", day, email="bea@x.test")
    rest = [each for each in everything() if each.contract != "contacts"]
    for company in (pair.acme, pair.bolt):
        warehouse.load(company, file("contacts", [ana, bea]), *rest)
    warehouse.load(
        pair.acme, file("community_events", [login("a", day), login("b", day)])
    )
    marts = [*MARTS, "visitor_months", "referrers", "message_campaign_results"]
    warehouse.build(pair.acme, pair.bolt, only=marts)

    forgotten = forget(warehouse.url, settings, pair.acme, "ana@x.test")

    assert forgotten.rows["raw_files.contacts"] == 1
    assert forgotten.rows["raw_files.message_events"] == 1
    assert forgotten.rows["marts.people"] == 1
    left = "select person_id from marts.people where company_id = %s order by 1"
    assert [row["person_id"] for row in warehouse.rows(left, [pair.acme])] == [
        "contacts/b"
    ]
    assert len(warehouse.rows(left, [pair.bolt])) == 2
