"""Scenarios people asked for: projected from the published mix, saved, or refused."""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import psycopg

from ml_assets.assets.scenario_tables import read_published_mix, write_scenario
from ml_assets.media_plan.evaluation import MODEL_VERSION
from ml_assets.media_plan.saved_scenarios import project, seeded_requests
from ml_assets.media_plan.scenario_requests import ScenarioRefused, read_request
from orchestration.lib.reporting.action_requests import (
    ActionRequest,
    add_request,
    finish,
    log_unexpected,
    refuse,
    start_waiting,
    was_asked,
)
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.partitions import CompanyDay, company_days
from orchestration.lib.warehouse.database import connect, one_at_a_time
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = ["SCENARIO", "Answered", "answer_requests", "scenarios"]

SCENARIO = "scenario"
"""The kind of request that asks for one."""

_SCHEMA = "predictions"
_TABLES = {
    "scenarios": "Plans people saved, as now and projected. One row per scenario.",
    "scenario_channels": "The same by channel. One row per scenario and channel.",
}


@dataclass(frozen=True)
class Answered:
    """How many requests were done, and how many refused."""

    done: int = 0
    refused: int = 0


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
                ["marts", "companies"],
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
    answered = answer_requests(warehouse.url(), company_id)
    for table in _TABLES:
        yield dg.MaterializeResult(
            asset_key=[_SCHEMA, table],
            metadata={"done": answered.done, "refused": answered.refused},
        )


def answer_requests(url: str, company_id: str) -> Answered:
    """Answer all that a company asked for and nobody has answered, in its order.

    Somebody who dies meanwhile leaves no half plan; the next call goes on. What fails
    by itself is refused and logged: left open, it would hold up all that come later.

    Raises
    ------
    CompanyRemoved
    """
    with (
        company_held(url, company_id),
        one_at_a_time(url, f"actions of {company_id}"),
    ):
        outcomes = [
            _answer(url, company_id, request)
            for request in start_waiting(url, company_id)
        ]
    return Answered(outcomes.count(True), outcomes.count(False))


def _answer(url: str, company_id: str, request: ActionRequest) -> bool:
    """Whether it could be done.

    Raises
    ------
    psycopg.OperationalError, psycopg.InterfaceError
        The database, not the request: it stays open, and is tried again.
    """
    try:
        if request.kind != SCENARIO:
            raise ScenarioRefused("unknown_kind", value=request.kind, known=SCENARIO)
        _save(url, company_id, request)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except ScenarioRefused as refusal:
        return _refused(url, company_id, request, refusal)
    # Whatever it is, it would come again each time.
    except Exception:
        unexpected = ScenarioRefused("not_computable", value=log_unexpected(request))
        return _refused(url, company_id, request, unexpected)
    finish(url, company_id, request.id)
    return True


def _refused(
    url: str, company_id: str, request: ActionRequest, refusal: ScenarioRefused
) -> bool:
    refuse(url, company_id, request.id, str(refusal), refusal.code, refusal.facts)
    return False


def _save(url: str, company_id: str, request: ActionRequest) -> None:
    asked = read_request(request.read_payload())
    with connect(url, "scientist") as database:
        found = read_published_mix(database, company_id)
        if found is None:
            raise ScenarioRefused("no_mix")
        mix, source = found
        projection = project(mix, asked)
        write_scenario(database, company_id, request.id, asked.name, projection, source)


def _ask_for_the_first(url: str, company_id: str) -> None:
    with connect(url, "scientist") as database:
        found = read_published_mix(database, company_id)
    if found is None:
        return
    for key, payload in seeded_requests(found[0]).items():
        # Nobody asked for these: refused once, they are not asked again each day.
        if not was_asked(url, company_id, key):
            add_request(url, company_id, SCENARIO, payload, key, "timonel")
