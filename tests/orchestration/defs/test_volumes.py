"""A day without orders is a warning with its numbers, and stops nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from orchestration.defs.transformation.volumes import usual_volumes
from orchestration.lib.tenancy.partitions import CompanyDay, company_days, partition_key
from orchestration.lib.warehouse import warehouse as warehouse_module
from orchestration.lib.warehouse.warehouse import Warehouse

_DAY = date(2026, 6, 30)


@dg.asset(key=["marts", "company_days"], partitions_def=company_days)
def _company_days() -> None:
    """Filled by the test."""


@pytest.mark.parametrize(("orders", "is_usual"), [(52, True), (3, False)])
def test_a_day_that_lost_its_orders_is_told_beside_what_is_usual(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    orders: int,
    is_usual: bool,
) -> None:
    monkeypatch.setattr(warehouse_module, "_open", lambda settings: database_url)
    with psycopg.connect(database_url) as admin:
        admin.execute("set role transformer")
        admin.execute(
            """create table marts.company_days (company_id text, calendar_date date,
            order_count bigint, net_revenue numeric)"""
        )
        for days_ago in range(70):
            count = 50 if days_ago else orders
            for company in ("acme", "bolt"):
                admin.execute(
                    "insert into marts.company_days values (%s, %s, %s, %s)",
                    (
                        company,
                        _DAY - timedelta(days=days_ago),
                        count if company == "acme" else 1000,
                        20 * count,
                    ),
                )
    definitions = dg.Definitions(
        assets=[_company_days],
        asset_checks=[usual_volumes],
        jobs=[dg.define_asset_job("all", dg.AssetSelection.all())],
        resources={"warehouse": Warehouse(), "company_day": CompanyDay()},
    )
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_dynamic_partitions("companies", ["acme"])
        result = definitions.resolve_job_def("all").execute_in_process(
            instance=instance, partition_key=partition_key("acme", _DAY)
        )

    assert result.success
    checks = {c.check_name: c for c in result.get_asset_check_evaluations()}
    assert {name: c.passed for name, c in checks.items()} == {
        "usual_order_count": is_usual,
        "usual_net_revenue": is_usual,
    }
    said = checks["usual_order_count"].description
    assert said is not None
    assert f"2026-06-30: {orders} a day; 50 are usual" in said
