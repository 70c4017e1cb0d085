"""Gates: what must hold before a company's predictions replace yesterday's.

Each gate is a pure function returning one GateResult. `blocked` keeps the last
good predictions and shows the message; `warned` publishes with the message
beside the numbers. Nothing here stops anything: the caller acts on `outcome`.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from ml_assets.clv.choice import SHORTEST_MODEL_HISTORY_DAYS
from ml_assets.clv.cohort_average import FEWEST_CUSTOMERS, SHORTEST_HISTORY_DAYS
from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.fitted_parameters import chosen_parameters
from ml_assets.clv.histories import MINIMUM_REPEAT_CUSTOMERS, column_of_floats

__all__ = [
    "STALE_AFTER_DAYS",
    "GateResult",
    "Outcome",
    "converged",
    "enough_data",
    "fit_failed",
    "recent_orders",
    "reconciles_with_mart",
]

Outcome: TypeAlias = Literal["passed", "warned", "blocked"]

_COMFORTABLE_BUYERS = 500
_COMFORTABLE_HISTORY_DAYS = 180
STALE_AFTER_DAYS = 30


@dataclass(frozen=True)
class GateResult:
    """One verdict: what was observed against which threshold, in plain English."""

    gate: str
    outcome: Outcome
    observed: float | None
    threshold: float | None
    message: str


def enough_data(summaries: pd.DataFrame) -> GateResult:
    """Block below 10 customers or 14 days; warn where an average or little is had.

    Below 10 repeat customers or 56 days everybody gets the company's average; below 500
    buyers or 180 days a model's single customer is weak.

    Parameters
    ----------
    summaries : DataFrame
        One company's customer summaries: `frequency`, `age_days`.
    """
    gate = "enough_data"
    buyers = len(summaries)
    frequency = column_of_floats(summaries, "frequency")
    ages = column_of_floats(summaries, "age_days")
    repeaters = int((frequency > 0).sum())
    days = float(ages.max()) if buyers else 0.0
    have = f"{buyers} customers, {repeaters} of them bought again, in {days:.0f} days"
    for count, least, what in (
        (buyers, FEWEST_CUSTOMERS, "customers"),
        (days, SHORTEST_HISTORY_DAYS, "days of history"),
    ):
        if count < least:
            message = (
                f"{have}: at least {least} {what} are needed to predict anything. Load "
                "older orders or wait for more."
            )
            return GateResult(gate, "blocked", count, least, message)
    for count, least, what in (
        (repeaters, MINIMUM_REPEAT_CUSTOMERS, "customers who bought again"),
        (days, SHORTEST_MODEL_HISTORY_DAYS, "days of history"),
    ):
        if count < least:
            message = (
                f"{have}: with fewer than {least} {what} there is no model, and "
                "everybody is predicted the company's average. Load older orders or "
                "wait for more."
            )
            return GateResult(gate, "warned", count, least, message)
    if buyers < _COMFORTABLE_BUYERS:
        message = (
            f"{buyers} buyers, {_COMFORTABLE_BUYERS} make predictions dependable: "
            "read the totals, not the single customer, until there are more."
        )
        return GateResult(gate, "warned", buyers, _COMFORTABLE_BUYERS, message)
    if days < _COMFORTABLE_HISTORY_DAYS:
        message = (
            f"{days:.0f} days of history, {_COMFORTABLE_HISTORY_DAYS} make predictions "
            "dependable: load older orders, or take the 12-month value as a sketch."
        )
        return GateResult(gate, "warned", days, _COMFORTABLE_HISTORY_DAYS, message)
    message = (
        f"{buyers} buyers, {repeaters} of them bought again, in {days:.0f} days of "
        "history."
    )
    return GateResult(gate, "passed", repeaters, MINIMUM_REPEAT_CUSTOMERS, message)


def recent_orders(
    data_through_date: dt.date | None,
    as_of_date: dt.date,
    *,
    stale_after_days: int = STALE_AFTER_DAYS,
) -> GateResult:
    """Block when the last order is too old: silence would look like churn.

    Parameters
    ----------
    data_through_date : date or None
        The company's last order up to the as-of date; None when it has none.
    """
    gate = "recent_orders"
    if data_through_date is None:
        message = (
            f"There is no order up to {as_of_date}. Load orders, or choose a later "
            "as-of date."
        )
        return GateResult(gate, "blocked", None, stale_after_days, message)
    silence = (as_of_date - data_through_date).days
    seen = (
        f"The last order is of {data_through_date}, {silence} days before {as_of_date}"
    )
    if silence > stale_after_days:
        message = (
            f"{seen}; at most {stale_after_days} are accepted, because every customer "
            "would look lost. Check that the source still delivers, then run again."
        )
        return GateResult(gate, "blocked", silence, stale_after_days, message)
    return GateResult(gate, "passed", silence, stale_after_days, f"{seen}.")


def converged(model: CustomerModel) -> GateResult:
    """Warn where an average stands in for a model, or a parameter is hardly known.

    Observed is the largest standard error as a share of its parameter; above 1 it
    warns. Nothing to predict with at all, or a parameter that the histories do not
    determine, blocks.
    """
    gate = "converged"
    if model.choice is None:
        outcome: Outcome = "blocked" if model.status == "none" else "warned"
        instead = "" if model.status == "none" else " Everybody gets the average."
        return GateResult(
            gate, outcome, None, 1.0, f"No model: {model.reason}{instead}"
        )
    ratios = _relative_errors(model)
    worst = max(ratios, key=lambda name: _worse(ratios[name]))
    observed = ratios[worst]
    if not np.isfinite(observed):
        message = (
            f"{worst} has no standard error: the histories do not determine it. Wait "
            "for more repeat purchases, or set a small penalizer such as 0.01."
        )
        return GateResult(gate, "blocked", None, 1.0, message)
    precision = f"The least certain parameter is {worst}, +-{observed:.0%} of its value"
    cautions = list(_cautions(model))
    if observed > 1:
        cautions.append(
            "above 100% a single customer's prediction is weak: read totals until "
            "there are more repeat purchases"
        )
    message = ". ".join([precision, *cautions]) + "."
    outcome = "warned" if cautions else "passed"
    return GateResult(gate, outcome, observed, 1.0, message)


def fit_failed(error: CustomerValueError) -> GateResult:
    """The `converged` gate for a fit that raised: blocked, in the error's words."""
    return GateResult("converged", "blocked", None, None, f"No fit: {error}")


def _relative_errors(model: CustomerModel) -> dict[str, float]:
    return {
        f"{one.model} {name}": error / value
        for one in chosen_parameters(model)
        for name, value, error in zip(
            one.names, one.values, one.standard_errors.tolist(), strict=True
        )
    }


def _cautions(model: CustomerModel) -> Iterator[str]:
    assert model.choice is not None  # noqa: S101 - asked before
    for one in dict.fromkeys((model.choice.orders, model.choice.chances)):
        if one.reason:
            yield f"{one.name} was {one.reason}"
    if model.spending.fit is None:
        yield (
            f"the spend model is not used: {model.spending.reason} Repeat customers "
            "are expected to spend their own mean per order, one-time buyers that of "
            "all"
        )
    elif model.spending.reason:
        yield f"the spend model needed a penalizer: {model.spending.reason}"
    if model.reason:
        # Without the id: what a gate said outlives a customer who asks to be forgotten.
        yield "one customer makes a large part of all revenue: look at them separately"


def reconciles_with_mart(
    predictions: pd.DataFrame,
    *,
    mart_customer_count: int,
    mart_historic_value: Decimal,
) -> GateResult:
    """Block unless predictions cover the mart's customers and revenue to the cent.

    Parameters
    ----------
    predictions : DataFrame
        `historic_value` as Decimal.
    mart_historic_value : Decimal
        Sum over `marts.customer_summaries` of the same company and as-of date.
    """
    gate = "reconciles_with_mart"
    total = Decimal(predictions["historic_value"].sum())
    gap = total - mart_historic_value
    missing = len(predictions) - mart_customer_count
    figures = (
        f"predictions: {len(predictions)} customers, {total:.2f}; mart: "
        f"{mart_customer_count} customers, {mart_historic_value:.2f}"
    )
    if missing or gap:
        message = (
            f"Off by {missing:+d} customers and {gap:+.2f}; both must be 0 "
            f"({figures}). The mart changed during the run, or rows were lost: "
            "run again."
        )
        return GateResult(gate, "blocked", float(gap), 0.0, message)
    return GateResult(gate, "passed", 0.0, 0.0, f"Equal to the cent ({figures}).")


def _worse(ratio: float) -> float:
    return ratio if np.isfinite(ratio) else float("inf")
