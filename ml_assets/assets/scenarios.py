"""Scenarios people asked for: projected from the published mix, saved, or refused."""

from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from ml_assets.assets.scenario_tables import (
    read_published_mix,
    told_margin_rate,
    write_scenario,
)
from ml_assets.media_plan.evaluation import MODEL_VERSION
from ml_assets.media_plan.saved_scenarios import project, seeded_requests
from ml_assets.media_plan.scenario_requests import ScenarioRefused, read_request
from orchestration.lib.reporting.action_answers import Handler, answer_waiting
from orchestration.lib.reporting.action_requests import (
    ActionRequest,
    add_request,
    was_requested,
)
from orchestration.lib.tenancy.company_settings import load_settings
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["SCENARIO", "SCENARIO_HANDLER", "scenarios"]

SCENARIO = "scenario"
"""The kind of request that asks for one."""

_SCHEMA = "predictions"
_TABLES = {
    "scenarios": "Plans people saved, as now and projected. One row per scenario.",
    "scenario_channels": "The same by channel. One row per scenario and channel.",
}


@dg.multi_asset(
    name="scenarios",
    specs=[
        dg.AssetSpec(
            [_SCHEMA, table],
            description=description,
            deps=[
                [_SCHEMA, "marketing_curve_draws"],
                [_SCHEMA, "marketing_curves"],
                [_SCHEMA, "media_mix_fits"],
                [_SCHEMA, "budget_scenarios"],
                [_SCHEMA, "budget_scenario_channels"],
                ["marts", "contribution_margins"],
            ],
            group_name="ml_mmm",
            kinds={"python", "numpy"},
            owners=["team:data"],
            code_version=MODEL_VERSION,
        )
        for table, description in _TABLES.items()
    ],
    partitions_def=company_days,
)
def scenarios(
    context: dg.AssetExecutionContext, warehouse: Warehouse, company_day: CompanyDay
) -> Iterator[dg.MaterializeResult[None]]:
    """Answer what waits, and the first time the two scenarios everybody asks for."""
    company_id = company_day.company_id(context)
    _ask_for_the_first(warehouse.url(), company_id)
    answered = answer_waiting(warehouse.url(), company_id, SCENARIO_HANDLER)
    for table in _TABLES:
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata={"done": answered.done, "refused": answered.refused},
        )


def _answer(
    url: str, company_id: str, request: ActionRequest
) -> ScenarioRefused | None:
    try:
        _save(url, company_id, request)
    except ScenarioRefused as refusal:
        return refusal
    return None


def _save(url: str, company_id: str, request: ActionRequest) -> None:
    asked = read_request(request.read_payload())
    # As they are set now: the marts know them with their next build only.
    settings = load_settings(url, company_id)
    with connect(url, "scientist") as database:
        found = read_published_mix(database, company_id)
        if found is None:
            raise ScenarioRefused("no_mix")
        mix, source = found
        if settings.gross_margin_rate is not None:
            rate = told_margin_rate(database, company_id, settings)
            mix = replace(mix, margin_rate=rate)
        projection = project(mix, asked)
        write_scenario(database, company_id, request.id, asked.name, projection, source)


def _ask_for_the_first(url: str, company_id: str) -> None:
    with connect(url, "scientist") as database:
        found = read_published_mix(database, company_id)
    if found is None:
        return
    for key, payload in seeded_requests(found[0]).items():
        # Nobody asked for these: refused once, they are not asked again each day.
        if not was_requested(url, company_id, key):
            add_request(url, company_id, SCENARIO, payload, key, "timonel")


SCENARIO_HANDLER = Handler(
    SCENARIO,
    _answer,
    lambda logged: ScenarioRefused("not_computable", value=logged),
)
"""Projects a plan from the published mix and saves it."""
