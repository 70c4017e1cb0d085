"""Red Profesional, from its files to the views of its pages: the truth comes out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import psycopg

from orchestration.cli.domain_truth import print_domain_truth
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure import forget
from sandbox.community.files import community
from tests.dbt_project.community.programme import at, contact, everything, file, login
from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse

LAST_DAY = date(2026, 6, 30)
MARTS = ("access_days", "community_months", "flow_days", "referral_cohorts")


def test_what_is_found_is_what_the_simulation_knows(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    contents = community(seed=11, last_day=LAST_DAY, daily=1.0)
    truth = json.loads(contents.pop("truth.json"))["red_profesional"]
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    load_folder(warehouse, pair.acme, tmp_path, time_zone="Europe/Madrid")

    warehouse.build(pair.acme, as_of={pair.acme: str(LAST_DAY)}, only=MARTS)

    reader = warehouse.add_reader(pair.acme)
    with psycopg.connect(warehouse.url, options=f"-c role={reader}") as database:
        assert print_domain_truth(database, truth) is None
        wrong = print_domain_truth(database, {**truth, "refused_attempt_count": 41})
    assert wrong == "Refused attempts to get in: 40 for 41"


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
