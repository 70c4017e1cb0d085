"""`timonel scenario`: plans of advertising, projected, saved and handed on."""

from __future__ import annotations

import getpass
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.console import (
    Format,
    FormatOption,
    console,
    fail,
    plain_errors,
    print_table,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.core.translations import LANGUAGES
from orchestration.lib.reporting.action_requests import (
    ActionRequest,
    add_request,
    list_requests,
)
from orchestration.lib.reporting.plan_pages import as_markdown, page_of
from orchestration.lib.reporting.scenario_plans import (
    Plan,
    as_csv,
    language_of,
    load_plan,
)
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import open_database

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Plans of advertising: projected, saved, and compared with what came.",
)

_KIND = "scenario"
_Company = Annotated[str, typer.Option(help="Whose scenarios.")]
_Which = Annotated[str, typer.Argument(help="Its name, or the first digits of its id.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    company: _Company,
    budget: Annotated[
        str | None, typer.Option(help="Budget of all its days together.")
    ] = None,
    change: Annotated[
        str | None, typer.Option(help="Or percent more (20) or less (-20) than now.")
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(help="Such as meta_ads=0 or google_ads=100..500; repeatable."),
    ] = None,
    days: Annotated[int, typer.Option(help="How many days, at most 92.")] = 30,
    start: Annotated[
        str | None, typer.Option(help="First day, YYYY-MM-DD; left out, the next.")
    ] = None,
) -> None:
    """Ask for a scenario and show what would come of it.

    With a budget or a change, the best split of it within the limits is the plan; with
    limits only, everything else goes on as now.
    """
    payload = {
        "name": name,
        "total_budget": budget,
        "budget_change_percent": change,
        "bounds": "; ".join(limit or []) or None,
        "days": days,
        "start_date": start,
    }
    told = {key: value for key, value in payload.items() if value is not None}
    from ml_assets.assets.scenarios import SCENARIO_HANDLER
    from orchestration.lib.reporting.action_answers import answer_waiting

    with plain_errors():
        url = _url(company)
        request_id = add_request(
            url, company, _KIND, told, _key(told), getpass.getuser()
        )
        answer_waiting(url, company, SCENARIO_HANDLER)
        (request,) = [
            one for one in list_requests(url, company, _KIND) if one.id == request_id
        ]
        if request.state == "refused":
            raise fail(request.reason or "It was refused.")
        _print(_plan(url, company, str(request_id)))


@app.command("list")
def list_all(company: _Company, form: FormatOption = Format.table) -> None:
    """List what was asked for, and why what was refused was."""
    with plain_errors():
        requests = list_requests(_url(company), company, _KIND)
    rows = [
        {
            "id": str(one.id)[:8],
            "name": str(one.payload.get("name", ""))[:80],
            "asked_for": one.requested_at,
            "by": one.requested_by,
            "state": _state(one),
        }
        for one in requests
    ]
    nothing = "Nobody asked for a scenario yet: timonel scenario add"
    print_table(rows, form, nothing)


@app.command()
def show(which: _Which, company: _Company) -> None:
    """Show a saved scenario: as now beside projected, and what it assumes."""
    with plain_errors():
        _print(_plan(_url(company), company, which))


@app.command()
def export(
    which: _Which,
    company: _Company,
    folder: Annotated[Path, typer.Option(help="Where to.")] = Path("exports"),
    language: Annotated[
        str | None,
        typer.Option(help="es or en; left out, that of the company's dashboards."),
    ] = None,
) -> None:
    """Write a saved scenario as PDF, as Markdown and as CSV, sealed.

    The pages are in the company's language; the CSV is for programs, with English
    column names and decimal points.
    """
    from orchestration.lib.reporting.plan_pdf import pdf_of

    if language not in (None, *LANGUAGES):
        raise fail(f"There is no language '{language}': {' or '.join(LANGUAGES)}.")
    with plain_errors():
        url = _url(company)
        plan = _plan(url, company, which)
        page = page_of(plan, language or language_of(url, company))
    stem = f"scenario_{company}_{str(plan.totals['scenario_id'])[:8]}"
    written = {
        "csv": as_csv(plan).encode(),
        "md": as_markdown(page).encode(),
        "pdf": pdf_of(page),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in written.items():
        path = folder / f"{stem}.{suffix}"
        path.write_bytes(content)
        console.print(f"Written: {path}", soft_wrap=True)


def _plan(url: str, company: str, which: str) -> Plan:
    from ml_assets.assets.scenario_tables import seal_of

    return load_plan(url, company, which, seal_of)


def _print(plan: Plan) -> None:
    page = as_markdown(page_of(plan, "en"))
    console.print(page, markup=False, highlight=False, soft_wrap=True)


def _state(request: ActionRequest) -> str:
    return f"refused: {request.reason}" if request.reason else request.state


def _key(payload: dict[str, Any]) -> str:
    """The same scenario, asked for twice on a day, is one, unless it was refused."""
    text = json.dumps([f"{datetime.now(UTC):%Y-%m-%d}", payload], sort_keys=True)
    return f"cli:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _url(company: str) -> str:
    url = open_database(Settings.from_environment())
    load_company(url, company)
    return url
