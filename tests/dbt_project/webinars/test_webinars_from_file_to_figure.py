"""Academia IA, from its files to the views of its pages: the truth comes out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import psycopg

from orchestration.cli.demonstration.domain_truth import print_domain_truth
from sandbox.webinars.files import webinars
from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse

LAST_DAY = date(2026, 6, 30)


def test_what_is_found_is_what_the_simulation_knows(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    contents = webinars(seed=11, last_day=LAST_DAY, registrants=20)
    truth = json.loads(contents.pop("truth.json"))["academia_ia"]
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    load_folder(warehouse, pair.acme, tmp_path, time_zone="Europe/Madrid")

    warehouse.build(
        pair.acme,
        as_of={pair.acme: str(LAST_DAY)},
        only=[
            *("webinar_outcomes", "webinar_month_outcomes", "webinar_section_totals"),
            *("webinar_satisfaction", "webinar_offers", "social_channel_months"),
            *("uptime_days", "webinar_funnels", "webinar_contents"),
        ],
    )

    reader = warehouse.add_reader(pair.acme)
    with psycopg.connect(warehouse.url, options=f"-c role={reader}") as database:
        assert print_domain_truth(database, truth) is None
        wrong = print_domain_truth(database, {**truth, "webinar_count": 25})
    assert wrong == "Webinars held: 24 for 25"
