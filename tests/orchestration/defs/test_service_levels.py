"""Late data are told in Dagster, company by company, and stop nobody."""

from datetime import UTC, date, datetime

import dagster as dg
import psycopg
import pytest

from orchestration.defs.operations.service_levels import service_levels_are_met
from orchestration.lib.tenancy.partitions import company_days, partition_key
from orchestration.lib.warehouse import warehouse as warehouse_module
from orchestration.lib.warehouse.warehouse import Warehouse

_TABLE = """
    create table reporting.service_levels (company_id text, service_level text,
        source_slug text, data_as_of timestamptz, age_minutes numeric,
        target_minutes integer, is_met boolean)
"""
_LEVEL = (
    "insert into reporting.service_levels values (%s, %s, 'shopify', %s, %s, %s, %s)"
)
NOW = datetime(2026, 1, 31, tzinfo=UTC)


@dg.asset(key=["reporting", "service_levels"], partitions_def=company_days)
def service_levels() -> None:
    """Stands for the view that dbt makes."""


@pytest.fixture
def warehouse(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(warehouse_module, "_open", lambda settings: database_url)
    with psycopg.connect(database_url) as database:
        database.execute("set role transformer")
        database.execute(_TABLE)
        for row in (
            ("acme", "tactical", NOW, 1234.5, 5, False),
            ("acme", "financial", NOW, 1234.5, 1440, True),
            ("bolt", "tactical", NOW, 3, 5, True),
            ("new", "tactical", None, None, 5, False),
        ):
            database.execute(_LEVEL, row)
    return database_url


@pytest.mark.parametrize(
    ("company", "passed", "description"),
    [
        (
            "acme",
            False,
            "acme, tactical: shopify is 1,234 minutes behind, 5 are promised.",
        ),
        ("bolt", True, "Every service level is met."),
        ("new", False, "new, tactical: shopify was never read to its end."),
        ("files_only", True, "Every service level is met."),
    ],
)
def test_the_check_tells_what_is_late_of_the_runs_company(
    warehouse: str, company: str, passed: bool, description: str
) -> None:
    definitions = dg.Definitions(
        assets=[service_levels],
        asset_checks=[service_levels_are_met],
        jobs=[dg.define_asset_job("refresh", dg.AssetSelection.all())],
        resources={"warehouse": Warehouse()},
    )
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", [company])
        result = definitions.resolve_job_def("refresh").execute_in_process(
            instance=instance, partition_key=partition_key(company, date(2026, 1, 31))
        )

    (found,) = result.get_asset_check_evaluations()
    assert result.success
    assert (found.passed, found.description) == (passed, description)
    assert found.severity is dg.AssetCheckSeverity.WARN
