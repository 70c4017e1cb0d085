"""What people tell the media mix: experiments, limits of budgets, targets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import sql
from psycopg.rows import class_row

from orchestration.lib.tenancy.companies import InvalidCompany, load_company
from orchestration.lib.warehouse.database import connect

__all__ = [
    "BudgetLimit",
    "LiftTest",
    "MediaSettings",
    "add_lift_test",
    "load_media_settings",
    "remove_lift_test",
    "set_budget_limit",
    "set_targets",
]

_OUTCOMES = ("revenue", "orders", "value_12m")


@dataclass(frozen=True)
class LiftTest:
    """An experiment: what a channel's spend brought more, of all days together.

    Parameters
    ----------
    lift, lift_error
        In the outcome's unit; the error is a standard error.
    """

    lift_test_id: str
    channel_id: str
    outcome_unit: str
    start_date: date
    end_date: date
    lift: Decimal
    lift_error: Decimal


@dataclass(frozen=True)
class BudgetLimit:
    """Least and most that a channel may get in 30 days; None where nothing is said.

    `maximum_change` is the share by which it may move from what it spends now.
    """

    channel_id: str
    minimum_spend: Decimal | None
    maximum_spend: Decimal | None
    maximum_change: Decimal | None


@dataclass(frozen=True)
class MediaSettings:
    """All of one company.

    `value_to_cost_target` is how often a customer's value should cover what winning one
    cost; `marginal_return_target` what the last unit spent should bring.
    """

    lift_tests: tuple[LiftTest, ...] = ()
    limits: tuple[BudgetLimit, ...] = ()
    value_to_cost_target: float = 3.0
    marginal_return_target: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """Plain values, the same for the same settings."""
        return {
            "lift_tests": [_plain(asdict(test)) for test in self.lift_tests],
            "limits": [_plain(asdict(limit)) for limit in self.limits],
            "marginal_return_target": self.marginal_return_target,
        }


def load_media_settings(url: str, company_id: str) -> MediaSettings:
    """The settings of a company; the defaults where it said nothing.

    Raises
    ------
    UnknownCompany
        There is no such company.
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        tests = connection.cursor(row_factory=class_row(LiftTest)).execute(
            """select lift_test_id, channel_id, outcome_unit, start_date, end_date,
                lift, lift_error
            from ops.lift_tests where company_id = %s order by lift_test_id""",
            [company_id],
        )
        limits = connection.cursor(row_factory=class_row(BudgetLimit)).execute(
            """select channel_id, minimum_spend, maximum_spend, maximum_change
            from ops.budget_constraints where company_id = %s order by channel_id""",
            [company_id],
        )
        targets = connection.execute(
            """select value_to_cost_target, marginal_return_target
            from ops.marketing_targets where company_id = %s""",
            [company_id],
        ).fetchone()
        told = (
            {}
            if targets is None
            else {
                "value_to_cost_target": float(targets[0]),
                "marginal_return_target": float(targets[1]),
            }
        )
        return MediaSettings(tuple(tests.fetchall()), tuple(limits.fetchall()), **told)


def add_lift_test(url: str, company_id: str, test: LiftTest) -> None:
    """Add an experiment, or replace the one of the same name.

    Raises
    ------
    UnknownCompany
        There is no such company.
    InvalidCompany
        The dates, the error or the outcome cannot be.
    """
    if test.end_date < test.start_date:
        raise InvalidCompany(
            f"The experiment ends on {test.end_date}, before it starts on "
            f"{test.start_date}."
        )
    if test.lift_error <= 0:
        raise InvalidCompany(
            "The error of an experiment is above 0: half its 95 % interval, by 1.96."
        )
    if test.outcome_unit not in _OUTCOMES:
        raise InvalidCompany(f"The outcome is one of {', '.join(_OUTCOMES)}.")
    _upsert(url, company_id, "lift_tests", "lift_test_id", asdict(test))


def remove_lift_test(url: str, company_id: str, lift_test_id: str) -> bool:
    """Remove an experiment; False if there is none of this name."""
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        removed = connection.execute(
            "delete from ops.lift_tests where company_id = %s and lift_test_id = %s",
            [company_id, lift_test_id],
        )
        return removed.rowcount > 0


def set_budget_limit(url: str, company_id: str, limit: BudgetLimit) -> None:
    """Set what a channel may get; a limit that says nothing removes it.

    Raises
    ------
    UnknownCompany
        There is no such company.
    InvalidCompany
        A number is below 0, or the least above the most.
    """
    told = (limit.minimum_spend, limit.maximum_spend, limit.maximum_change)
    if any(value is not None and value < 0 for value in told):
        raise InvalidCompany("Limits are 0 or above.")
    low, high = limit.minimum_spend, limit.maximum_spend
    if low is not None and high is not None and low > high:
        raise InvalidCompany(f"The least, {low}, is above the most, {high}.")
    if any(value is not None for value in told):
        _upsert(url, company_id, "budget_constraints", "channel_id", asdict(limit))
        return
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        connection.execute(
            """delete from ops.budget_constraints
            where company_id = %s and channel_id = %s""",
            [company_id, limit.channel_id],
        )


def set_targets(url: str, company_id: str, value_to_cost: float, margin: float) -> None:
    """Set what counts as good: value by cost of a customer, and the last unit's return.

    Raises
    ------
    UnknownCompany
        There is no such company.
    InvalidCompany
        A target is not above 0.
    """
    if value_to_cost <= 0 or margin <= 0:
        raise InvalidCompany("Targets are above 0.")
    row = {"value_to_cost_target": value_to_cost, "marginal_return_target": margin}
    _upsert(url, company_id, "marketing_targets", None, row)


def _upsert(
    url: str, company_id: str, table: str, key: str | None, row: dict[str, Any]
) -> None:
    load_company(url, company_id)
    values = {"company_id": company_id, **row}
    keys = ["company_id", key] if key else ["company_id"]
    statement = sql.SQL(
        "insert into {} ({}) values ({}) on conflict ({}) do update set {}"
    ).format(
        sql.Identifier("ops", table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
        sql.SQL(", ").join(map(sql.Identifier, keys)),
        sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name))
            for name in values
            if name not in keys
        ),
    )
    with connect(url, "orchestrator") as connection:
        connection.execute(statement, values)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if v is None else str(v) for name, v in row.items()}
