"""Cuaderno, from its files to the views of its pages: the truth comes out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import psycopg

from ml_assets.assets.saas.account_health import judge_accounts
from ml_assets.assets.saas.account_loyalty import review_loyalty
from orchestration.cli.demonstration.domain_truth import print_domain_truth
from sandbox.saas.files import cuaderno
from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Pair, Warehouse

LAST_DAY = date(2026, 6, 14)


def test_what_is_found_is_what_the_simulation_knows(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    contents = cuaderno(seed=11, last_day=LAST_DAY, accounts=40)
    truth = json.loads(contents.pop("truth.json"))["cuaderno"]
    for name, text in contents.items():
        # What they do in the product is no part of what is asked here: that they do.
        lines = text.splitlines()
        lines[1:] = lines[1 :: 40 if name == "product_events.csv" else 1]
        (tmp_path / name).write_text("\n".join([*lines, ""]))
    for name in ("earned_points", "redeemed_points", "value_reached_count"):
        del truth[name]  # by what they do in it
    load_folder(warehouse, pair.acme, tmp_path, time_zone="Europe/Madrid")

    warehouse.build(
        pair.acme,
        as_of={pair.acme: str(LAST_DAY)},
        only=[
            "account_health_inputs",
            "account_departures",
            "saas_months",
            "account_activities",
            "accounts",
            "dunning_months",
            "account_exit_reason_years",
            "account_referral_touches",
            "points_rules",
            "points_redemptions",
            "message_campaign_results",
            "message_sequence_steps",
        ],
    )
    judge_accounts(warehouse.url, pair.acme)
    review_loyalty(warehouse.url, pair.acme)

    reader = warehouse.add_reader(pair.acme)
    with psycopg.connect(warehouse.url, options=f"-c role={reader}") as database:
        assert print_domain_truth(database, truth) is None
        wrong = print_domain_truth(database, {**truth, "paying_account_count": 1})
    assert str(wrong).startswith("Accounts that pay: ")
