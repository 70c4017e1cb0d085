"""A saved scenario as a file for a board or a media team: sealed, with what it assumes.

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

from psycopg.rows import dict_row

from orchestration.lib.companies import load_company
from orchestration.lib.database import connect
from orchestration.lib.plain_errors import PlainError
from orchestration.lib.spreadsheet_cells import text_cell

__all__ = [
    "Plan",
    "PlanBroken",
    "UnknownScenario",
    "as_csv",
    "as_markdown",
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
    """One saved scenario: its totals, its channels, and what came of it if known."""

    totals: Row
    channels: Sequence[Row]
    grade: Row


def load_plan(url: str, company_id: str, which: str, seal: Sealer) -> Plan:
    """The saved scenario with this name, or whose id begins so.

    Raises
    ------
    UnknownCompany, UnknownScenario, PlanBroken
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=dict_row)
        found = cursor.execute(
            """select * from predictions.scenarios where company_id = %s
            order by computed_at""",
            [company_id],
        ).fetchall()
        totals = _meant(found, which, company_id)
        key = [company_id, totals["scenario_id"]]
        channels = cursor.execute(
            """select * from predictions.scenario_channels
            where company_id = %s and scenario_id = %s order by channel_id""",
            key,
        ).fetchall()
        grade = cursor.execute(
            """select * from reporting.scenario_grades
            where company_id = %s and scenario_id = %s::uuid::text""",
            key,
        ).fetchone()
    if seal(totals, list(channels)) != totals["seal"]:
        raise PlanBroken(
            f"The numbers of '{totals['name']}' are not those that were sealed on "
            f"{totals['computed_at']:%Y-%m-%d}: somebody changed them in the database. "
            "Ask for the scenario again: timonel scenario add"
        )
    return Plan(totals, channels, grade or {"state": "not_due"})


def as_csv(plan: Plan) -> str:
    """A row per channel and one of the total, each with its limits and the seal."""
    totals = plan.totals
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in (*plan.channels, {**totals, "channel_id": "total", **_incomes(totals)}):
        writer.writerow(
            {
                name: _cell(row.get(name, totals.get(name) if name in _SHARED else ""))
                for name in _COLUMNS
            }
        )
    return text.getvalue()


def as_markdown(plan: Plan) -> str:
    """The plan on one page: as now beside projected, channels, assumptions, seal."""
    totals, code = plan.totals, plan.totals["currency_code"]
    lines = [
        f"# {totals['name']}",
        "",
        f"{totals['start_date']} to {totals['end_date']}, in {code}.",
        "",
        "| | as now | projected |",
        "|---|---:|---:|",
        *(
            f"| {title} | {_money(totals[f'current_{key}'])} "
            f"| {_money(totals[f'projected_{key}'])} |"
            for title, key in (
                ("Income", "income"),
                ("Spend", "spend"),
                ("Net profit", "profit"),
            )
        ),
        "",
        *_chances(totals),
        "",
        "| channel | as now | planned | least | most | income now | income planned |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            "| "
            + " | ".join(
                [str(row["channel_id"]), *(_money(row[name]) for name in _AMOUNTS)]
            )
            + " |"
            for row in plan.channels
        ),
        "",
        "## What is assumed",
        "",
        *(f"- {sentence}" for sentence in _assumptions(totals)),
        "",
        "## What came",
        "",
        _came(plan),
        "",
        f"Data hash: `{totals['data_hash']}`  ",
        f"Seal: `{totals['seal']}`",
        "",
    ]
    return "\n".join(lines)


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


def _incomes(totals: Row) -> dict[str, Any]:
    return {
        "current_expected": totals["current_income"],
        "projected_expected": totals["projected_income"],
    }


def _chances(totals: Row) -> list[str]:
    told = []
    for what in ("income", "profit"):
        if totals[f"{what}_gain"] is None:
            told.append("Net profit is not told: the company has set no gross margin.")
            continue
        gain, lower, upper = (
            _money(totals[f"{what}_gain{end}"], sign="+")
            for end in ("", "_lower", "_upper")
        )
        told.append(
            f"{what.capitalize()}: {gain} than now, 90 % interval {lower} to {upper}; "
            "the probability that it is more is "
            f"{100 * totals[f'probability_more_{what}']:.0f} %.  "
        )
    return told


def _assumptions(totals: Row) -> list[str]:
    rate = totals["margin_rate"]
    days = (totals["end_date"] - totals["start_date"]).days + 1
    return [
        f"Without advertising {_money(totals['baseline_income'])} would be sold in "
        f"these {days} days, the mean of the last 13 weeks: season and events of the "
        "period itself are not in it.",
        "Spend is the same every day, and what it brings later counts as if it came "
        "within the period.",
        "No channel gets more than was ever spent on it in as many days; channels "
        "without a limit of their own move freely below that.",
        "No gross margin is set."
        if rate is None
        else f"Of a unit of income {rate:.0%} is gross margin.",
        f"Fit {totals['fit_id']} of model {totals['model_version']}, with data up to "
        f"{totals['data_through_date']}.",
    ]


def _came(plan: Plan) -> str:
    if plan.grade["state"] != "graded":
        return f"Not due: the period ends on {plan.totals['end_date']}."
    grade = plan.grade
    return (
        f"Spent {_money(grade['actual_spend'])}, planned "
        f"{_money(grade['projected_spend'])}; income {_money(grade['actual_income'])}, "
        f"projected {_money(grade['projected_income'])}."
    )


def _money(value: Any, sign: str = "") -> str:
    return "not known" if value is None else f"{value:{sign},.0f}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, UUID)):
        return text_cell(str(value))
    return f"{value:.2f}" if hasattr(value, "__round__") else str(value)


_SHARED = (
    *("scenario_id", "name", "start_date", "end_date", "currency_code", "fit_id"),
    *("data_through_date", "data_hash", "seal"),
)
_AMOUNTS = (
    *("current_spend", "projected_spend", "minimum_spend", "maximum_spend"),
    *("current_expected", "projected_expected"),
)
_COLUMNS = (
    *("scenario_id", "name", "start_date", "end_date", "channel_id", *_AMOUNTS),
    *("currency_code", "fit_id", "data_through_date", "data_hash", "seal"),
)
