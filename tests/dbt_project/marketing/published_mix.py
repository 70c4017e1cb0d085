"""A media mix as a run publishes it, and the scenarios that a run answers from it."""

from __future__ import annotations

import dagster as dg

from ml_assets.assets.scenarios import scenarios
from orchestration.lib.tenancy.partitions import CompanyDay, partition_key
from tests.dbt_project.marketing.test_media_mix import Addressed
from tests.dbt_project.marketing.test_media_mix_views import AS_OF
from tests.dbt_project.mart_rows import COMPANY
from tests.dbt_project.warehouse import Warehouse

__all__ = ["materialise", "publish"]

RUN = "'mix', '2026-10-31', '2026-10-31', '1', now()"
FIT = """insert into predictions.media_mix_fits values (%s, 'mix', 'revenue',
    '2026-10-31', '2026-10-31', '1', 'published', null, 'data', 400, %s, '{}', now())"""
CURVE = f"""insert into predictions.marketing_curves (company_id, outcome_unit,
    channel_id, current_spend, largest_spend, status, currency_code, fit_id,
    as_of_date, data_through_date, model_version, fitted_at)
    values (%s, 'revenue', %s, 100, %s, 'fitted', %s, {RUN})"""
DRAWS = f"""insert into predictions.marketing_curve_draws
    values (%s, 'revenue', %s, %s, '{{100,100}}', '{{1,1}}', {RUN})"""
NOW = f"""insert into predictions.budget_scenarios values (%s, 'revenue', 'current', 30,
    'as_now', null, 6000, 6000, %s, 0, null, null, 0, 0, 0, 0, %s, {RUN})"""
CHANNEL_NOW = f"""insert into predictions.budget_scenario_channels values (%s,
    'revenue', 'current', %s, 3000, 3000, 0, 9000, %s, 0, {RUN})"""


def publish(warehouse: Warehouse, company: str, currency: str, times: int = 1) -> None:
    """The mix of tests/ml_assets/media_plan/test_saved_scenarios.py, as rows."""
    warehouse.execute(COMPANY, [company])
    warehouse.execute(FIT, [company, currency])
    for channel, largest, alphas, expected in (
        ("google_ads", 300, [200.0 * times, 220.0 * times], 30 * 105 * times),
        ("meta_ads", 150, [400.0 * times, 800.0 * times], 30 * 300 * times),
    ):
        warehouse.execute(CURVE, [company, channel, largest, currency])
        warehouse.execute(DRAWS, [company, channel, alphas])
        warehouse.execute(CHANNEL_NOW, [company, channel, expected])
    warehouse.execute(NOW, [company, 30 * (1000 + 405) * times, currency])


def materialise(warehouse: Warehouse, company: str) -> dg.ExecuteInProcessResult:
    """Have a run answer the scenarios of a company."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", [company])
        return dg.materialize(
            [scenarios],
            instance=instance,
            partition_key=partition_key(company, AS_OF),
            resources={
                "warehouse": Addressed(address=warehouse.url),
                "company_day": CompanyDay(as_of_date=AS_OF.isoformat()),
            },
        )
