"""Gates: what must hold before a company's predictions replace yesterday's.

Each gate is a pure function returning one GateResult. `blocked` keeps the last
good predictions and shows the message; `warned` publishes with the message
beside the numbers. Nothing here stops anything: the caller acts on `outcome`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

import pandas as pd

from ml_assets.clv.borrowed import FEWEST_CUSTOMERS, SHORTEST_HISTORY_DAYS
from ml_assets.clv.candidates import SHORTEST_MODEL_HISTORY_DAYS
from ml_assets.clv.histories import MINIMUM_REPEAT_CUSTOMERS, column_of_floats
from ml_assets.sentences import Sentence

__all__ = [
    "STALE_AFTER_DAYS",
    "GateResult",
    "Outcome",
    "enough_data",
    "recent_orders",
    "reconciles_with_mart",
]

Outcome: TypeAlias = Literal["passed", "warned", "blocked"]

_COMFORTABLE_BUYERS = 500
_COMFORTABLE_HISTORY_DAYS = 180
STALE_AFTER_DAYS = 30


@dataclass(frozen=True)
class GateResult:
    """One verdict: what was observed against which threshold, in plain English.

    A gate's message is a `Sentence`, so that readers of other languages get theirs.
    """

    gate: str
    outcome: Outcome
    observed: float | None
    threshold: float | None
    message: Sentence


def enough_data(summaries: pd.DataFrame) -> GateResult:
    """Block below 10 customers or 14 days; warn where an average or little is had.

    Below 10 repeat customers or 56 days other shops stand in (`borrowed`); below 500
    buyers, 180 days or 10 customers with three orders a model's single customer is
    weak: without third orders who left looks like who buys seldom.

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
    have = Sentence(
        "enough_data.have",
        "{buyers} customers, {repeaters} of them bought again, in {days:.0f} days",
        buyers=buyers,
        repeaters=repeaters,
        days=days,
    )
    history = Sentence("enough_data.days", "days of history")
    for count, least, what in (
        (buyers, FEWEST_CUSTOMERS, Sentence("enough_data.customers", "customers")),
        (days, SHORTEST_HISTORY_DAYS, history),
    ):
        if count < least:
            message = Sentence(
                "enough_data.nothing",
                "{have}: at least {least} {what} are needed to predict anything. Load "
                "older orders or wait for more.",
                have=have,
                least=least,
                what=what,
            )
            return GateResult(gate, "blocked", count, least, message)
    repeated = Sentence("enough_data.repeaters", "customers who bought again")
    for count, least, what in (
        (repeaters, MINIMUM_REPEAT_CUSTOMERS, repeated),
        (days, SHORTEST_MODEL_HISTORY_DAYS, history),
    ):
        if count < least:
            message = Sentence(
                "enough_data.average",
                "{have}: with fewer than {least} {what} there is no model, and what is "
                "usual in other shops stands in, adjusted to these orders. Load older "
                "orders or wait for more.",
                have=have,
                least=least,
                what=what,
            )
            return GateResult(gate, "warned", count, least, message)
    thrice = int((frequency > 1).sum())
    return _comfortable(buyers, repeaters, thrice, days)


def _comfortable(buyers: int, repeaters: int, thrice: int, days: float) -> GateResult:
    """Whether a model is dependable, where there can be one."""
    gate = "enough_data"
    if buyers < _COMFORTABLE_BUYERS:
        message = Sentence(
            "enough_data.few_buyers",
            "{buyers} buyers, {least} make predictions dependable: read the totals, "
            "not the single customer, until there are more.",
            buyers=buyers,
            least=_COMFORTABLE_BUYERS,
        )
        return GateResult(gate, "warned", buyers, _COMFORTABLE_BUYERS, message)
    if days < _COMFORTABLE_HISTORY_DAYS:
        message = Sentence(
            "enough_data.few_days",
            "{days:.0f} days of history, {least} make predictions dependable: load "
            "older orders, or take the 12-month value as a sketch.",
            days=days,
            least=_COMFORTABLE_HISTORY_DAYS,
        )
        return GateResult(gate, "warned", days, _COMFORTABLE_HISTORY_DAYS, message)
    if thrice < MINIMUM_REPEAT_CUSTOMERS:
        message = Sentence(
            "enough_data.few_third_orders",
            "{thrice} customers ordered three times, {least} make predictions "
            "dependable: without third orders, who left looks like who buys seldom.",
            thrice=thrice,
            least=MINIMUM_REPEAT_CUSTOMERS,
        )
        return GateResult(gate, "warned", thrice, MINIMUM_REPEAT_CUSTOMERS, message)
    message = Sentence(
        "enough_data.passed",
        "{buyers} buyers, {repeaters} of them bought again, in {days:.0f} days of "
        "history.",
        buyers=buyers,
        repeaters=repeaters,
        days=days,
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
        message = Sentence(
            "recent_orders.none",
            "There is no order up to {as_of}. Load orders, or choose a later as-of "
            "date. A company that sells nothing here says so with its plan: timonel "
            "company set ID --plan webinars (or community, saas).",
            as_of=as_of_date,
        )
        return GateResult(gate, "blocked", None, stale_after_days, message)
    silence = (as_of_date - data_through_date).days
    seen = Sentence(
        "recent_orders.seen",
        "The last order is of {last}, {silence} days before {as_of}",
        last=data_through_date,
        silence=silence,
        as_of=as_of_date,
    )
    if silence > stale_after_days:
        message = Sentence(
            "recent_orders.blocked",
            "{seen}; at most {most} are accepted, because every customer would look "
            "lost. Check that the source still delivers, then run again.",
            seen=seen,
            most=stale_after_days,
        )
        return GateResult(gate, "blocked", silence, stale_after_days, message)
    message = Sentence("recent_orders.passed", "{seen}.", seen=seen)
    return GateResult(gate, "passed", silence, stale_after_days, message)


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
    figures = Sentence(
        "reconciles_with_mart.figures",
        "predictions: {count} customers, {total:.2f}; mart: {mart_count} customers, "
        "{mart_total:.2f}",
        count=len(predictions),
        total=total,
        mart_count=mart_customer_count,
        mart_total=mart_historic_value,
    )
    if missing or gap:
        message = Sentence(
            "reconciles_with_mart.blocked",
            "Off by {missing:+d} customers and {gap:+.2f}; both must be 0 ({figures}). "
            "The mart changed during the run, or rows were lost: run again.",
            missing=missing,
            gap=gap,
            figures=figures,
        )
        return GateResult(gate, "blocked", float(gap), 0.0, message)
    message = Sentence(
        "reconciles_with_mart.passed", "Equal to the cent ({figures}).", figures=figures
    )
    return GateResult(gate, "passed", 0.0, 0.0, message)
