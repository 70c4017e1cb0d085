"""Plaza Servicios, from its files to the KPI functions: the truth comes out."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestration.lib.reporting.kpis import (
    get_acquisition_kpis,
    get_engagement_kpis,
    get_operations_kpis,
    get_retention_kpis,
)
from tests.dbt_project.warehouse import Warehouse

USERS, DAYS = 600, 300


@dataclass(frozen=True)
class Plaza:
    """The marketplace in the warehouse, and what is true of it."""

    warehouse: Warehouse
    company_id: str
    truth: dict[str, Any]
    tap_exit_code: int

    def kpis(self) -> dict[str, Any]:
        """Every KPI of the whole history."""
        days = (date.fromisoformat(self.truth[n]) for n in ("first_date", "as_of_date"))
        start, end = days
        found: dict[str, Any] = {}
        with psycopg.connect(self.warehouse.url) as connection:
            for ask in (
                get_acquisition_kpis,
                get_engagement_kpis,
                get_operations_kpis,
                get_retention_kpis,
            ):
                found |= ask(connection, self.company_id, start, end)
        return found


@pytest.fixture(scope="module")
def plaza(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Plaza:
    work = tmp_path_factory.mktemp("plaza")
    folder = work / "files"
    subprocess.run(
        [
            *(sys.executable, "-m", "sandbox", "marketplace"),
            *("--folder", str(folder), "--users", str(USERS), "--days", str(DAYS)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    truth = json.loads((folder / "truth.json").read_text())["plaza"]
    (folder / "truth.json").unlink()
    # Somebody saves a list beside them that is nothing we know.
    (folder / "notes.csv").write_text("tema,comentario\nprecios,revisar\n")
    company_id = warehouse.add_pair().bolt
    exit_code = load(warehouse, company_id, folder, work)
    warehouse.execute("analyze")
    warehouse.build(company_id)
    return Plaza(warehouse, company_id, truth, exit_code)


def load(warehouse: Warehouse, company_id: str, folder: Path, work: Path) -> int:
    """Run `tap-files | target-postgres`; the tap's exit code."""
    tap, target = work / "tap.json", work / "target.json"
    settings = {"time_zone": "America/Santiago", "currency_code": "CLP"}
    tap.write_text(json.dumps({"paths": [str(folder)], **settings}))
    to = {"database_url": warehouse.url, "schema": "raw_files"}
    run = {"company_id": company_id, "source": "files", "run_id": "1"}
    target.write_text(json.dumps(to | run))
    module = (sys.executable, "-m")
    read = subprocess.run(
        [*module, "taps.tap_files", "--config", str(tap)],
        check=False,
        capture_output=True,
    )
    subprocess.run(
        [*module, "taps.target_postgres", "--config", str(target)],
        check=True,
        input=read.stdout,
        capture_output=True,
    )
    return read.returncode


def test_the_kpis_are_those_of_the_truth(plaza: Plaza) -> None:
    kpis, truth = plaza.kpis(), plaza.truth["kpis"]

    assert kpis["new_user_count"] == truth["new_user_count"] == USERS
    for name in (
        "onboarding_rate",
        "rut_validation_rate",
        "cart_abandonment_rate",
        "cancellation_rate",
        "repurchase_rate",
        "rating_average",
    ):
        assert kpis[name] == pytest.approx(truth[name], abs=1e-12), name


def test_the_money_is_that_of_the_truth_to_the_peso(plaza: Plaza) -> None:
    kpis, totals = plaza.kpis(), plaza.truth["totals"]["as_of"]

    assert kpis["net_revenue"] == int(totals["net_revenue"])
    assert kpis["purchase_count"] == totals["order_count"]
    assert kpis["customer_count"] == totals["customer_count"]


def test_the_rates_are_near_the_probabilities_behind_them(plaza: Plaza) -> None:
    kpis, rates = plaza.kpis(), plaza.truth["rates"]
    users, orders = rates["users"], rates["orders"]
    validated = users["rut_given"] * users["rut_wellformed"] * users["rut_verified"]

    # Three standard deviations of a share of so many.
    margin = 3 * (0.25 / USERS) ** 0.5
    assert kpis["onboarding_rate"] == pytest.approx(users["onboarding"], abs=margin)
    assert kpis["rut_validation_rate"] == pytest.approx(validated, abs=margin)
    for name in ("cart_abandonment", "cancellation"):
        assert kpis[f"{name}_rate"] == pytest.approx(orders[name], abs=0.002)


def test_a_well_formed_rut_is_told_from_a_mistyped_one(plaza: Plaza) -> None:
    (found,) = plaza.warehouse.rows(
        """select count(*) filter (where is_rut_wellformed) as wellformed_count
        from marts.users where company_id = %s""",
        [plaza.company_id],
    )

    assert found["wellformed_count"] == plaza.truth["kpis"]["rut_wellformed_count"]


def test_every_place_is_known_but_the_misspelt(plaza: Plaza) -> None:
    (found,) = plaza.warehouse.rows(
        """select
            count(*) filter (where comuna_code is null) as unknown_count,
            count(*) filter (where region_code is null) as homeless_count,
            count(distinct region_code) as region_count
        from marts.users where company_id = %s""",
        [plaza.company_id],
    )
    (totals,) = plaza.warehouse.rows(
        "select * from reporting.data_quality_totals where company_id = %s",
        [plaza.company_id],
    )

    misspelt_count = plaza.truth["kpis"]["unknown_comuna_user_count"]
    assert found["unknown_count"] == misspelt_count
    assert totals["unknown_comuna_user_count"] == misspelt_count
    assert (found["homeless_count"], found["region_count"]) == (0, 16)


def test_a_file_that_nobody_knows_does_not_stop_the_others(plaza: Plaza) -> None:
    assert plaza.tap_exit_code != 0
    assert plaza.kpis()["order_count"] > 0
