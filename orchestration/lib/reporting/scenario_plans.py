"""A saved scenario for a board or a media team: sealed, with what it assumes.

The seal is a hash of everything that was projected. It is computed again before a plan
leaves the house, so that nobody hands on numbers that were changed since.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision
from psycopg.rows import dict_row

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.spreadsheet_cells import text_cell
from orchestration.lib.core.translations import LANGUAGES
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Plan",
    "PlanBroken",
    "UnknownScenario",
    "as_csv",
    "language_of",
    "load_plan",
]

Row = Mapping[str, Any]
Sealer = Callable[[Row, list[Any]], str]


class UnknownScenario(PlainError, LookupError):
    """No saved scenario is meant, or several; the message says which there are."""


class PlanBroken(PlainError, RuntimeError):
    """The stored numbers are not those that were sealed."""


@dataclass(frozen=True)
class Plan:
    """One saved scenario: its totals, its channels, and what came of it if known.

    ``asked`` is the request it answers, None when that is gone; ``labels`` its name by
    language.
    """

    company_name: str
    totals: Row
    channels: Sequence[Row]
    grade: Row
    asked: Row | None
    labels: Mapping[str, str]

    @property
    def days(self) -> int:
        """How many days it is for."""
        return int((self.totals["end_date"] - self.totals["start_date"]).days) + 1


def load_plan(url: str, company_id: str, which: str, seal: Sealer) -> Plan:
    """The saved scenario with this name, or whose id begins so.

    Raises
    ------
    UnknownCompany, UnknownScenario, PlanBroken
    """
    company = load_company(url, company_id)
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=dict_row)
        found = cursor.execute(
            """select * from predictions.scenarios where company_id = %s
            order by computed_at""",
            [company_id],
        ).fetchall()
        totals = _meant(found, which, company_id)
        key = [company_id, totals["scenario_id"]]
        channels = cursor.execute(_CHANNELS, key).fetchall()
        grade = cursor.execute(_GRADE, key).fetchone()
        asked = cursor.execute(_ASKED, key).fetchone()
    if seal(totals, list(channels)) != totals["seal"]:
        raise PlanBroken(
            f"The numbers of '{totals['name']}' are not those that were sealed on "
            f"{totals['computed_at']:%Y-%m-%d}: somebody changed them in the database. "
            "Ask for the scenario again: timonel scenario add"
        )
    labels = {
        language: (asked and asked[f"scenario_label_{language}"]) or totals["name"]
        for language in LANGUAGES
    }
    return Plan(
        company.name, totals, channels, grade or {"state": "not_due"}, asked, labels
    )


def language_of(url: str, company_id: str) -> str:
    """The language of the company's dashboards, in which its plans are written."""
    with connect(url, "orchestrator") as database:
        found = database.execute(
            "select language from ops.metabase_settings where company_id = %s",
            [company_id],
        ).fetchone()
    told = found[0] if found else None
    return told if told in LANGUAGES else LANGUAGES[0]


def as_csv(plan: Plan) -> str:
    """A row per channel and one of the total, for programs: English names, points.

    Money has the decimals of its currency. Every row repeats what holds for all of
    them: period, what was asked, assumptions, hash and seal.
    """
    totals = plan.totals
    digits = get_currency_precision(totals["currency_code"])
    shared = {
        **{name: totals[name] for name in _SHARED},
        "asked": _request_text(plan.asked),
    }
    total = {
        **totals,
        "channel_id": _TOTAL,
        "current_expected": totals["current_income"],
        "projected_expected": totals["projected_income"],
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in (*plan.channels, total):
        told = {**row, **shared}
        writer.writerow(
            {name: _cell(name, told.get(name), digits) for name in _COLUMNS}
        )
    return text.getvalue()


def _meant(found: Sequence[Row], which: str, company_id: str) -> Row:
    meant = [
        row
        for row in found
        if row["name"] == which
        or (which and str(row["scenario_id"]).startswith(which.lower()))
    ]
    if len(meant) == 1:
        return meant[0]
    told = ", ".join(f"{str(row['scenario_id'])[:8]} ({row['name']})" for row in found)
    problem = "Several saved scenarios are" if meant else "No saved scenario is"
    raise UnknownScenario(
        f"{problem} meant by '{which}'. {company_id} has: {told or 'none'}. Name one "
        "by its first digits; `timonel scenario list` shows what was refused, too."
    )


def _request_text(request: Row | None) -> str:
    told = request["payload"] if request else {}
    return "; ".join(
        f"{name}={value}" for name, value in sorted(told.items()) if name != "name"
    )


def _cell(name: str, value: Any, digits: int) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, UUID)):
        return text_cell(str(value))
    if name in _RATES:
        return f"{value:.4f}"
    return f"{value:.{digits}f}" if hasattr(value, "__round__") else str(value)


_TOTAL = "total"
_RATES = (
    *("margin_rate", "probability_more_income", "probability_more_profit"),
    *("probability_more_value", "value_ratio"),
)
_SHARED = (
    *("scenario_id", "name", "start_date", "end_date", "currency_code"),
    *("margin_rate", "baseline_income", "fit_id", "model_version"),
    *("data_through_date", "data_hash", "seal"),
)
_COLUMNS = (
    *("scenario_id", "name", "start_date", "end_date", "asked", "channel_id"),
    *("current_spend", "projected_spend", "minimum_spend", "maximum_spend"),
    *("asked_budget", "worthwhile_spend", "current_expected", "projected_expected"),
    *("income_gain", "income_gain_lower", "income_gain_upper"),
    *("probability_more_income", "current_profit", "projected_profit"),
    *("profit_gain", "profit_gain_lower", "profit_gain_upper"),
    *("probability_more_profit", "value_basis", "value_reason", "value_ratio"),
    *("value_spend", "current_value", "projected_value", "value_gain"),
    *("value_gain_lower", "value_gain_upper", "probability_more_value"),
    *("currency_code", "margin_rate", "baseline_income"),
    *("fit_id", "model_version", "data_through_date", "data_hash", "seal"),
)

_CHANNELS = """
    select * from reporting.scenario_channels
    where company_id = %s and scenario_id = %s::uuid::text order by channel_id
"""
_GRADE = """
    select * from reporting.scenario_grades
    where company_id = %s and scenario_id = %s::uuid::text
"""
_ASKED = """
    select requests.payload, requests.requested_by,
        requests.requested_at::date as asked_on,
        saved.scenario_label_es, saved.scenario_label_en
    from ops.action_requests as requests
    inner join reporting.saved_scenarios as saved
        on requests.company_id = saved.company_id
        and requests.id::text = saved.scenario_id
    where requests.company_id = %s and requests.id = %s
"""
