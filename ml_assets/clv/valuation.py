"""One company's customers valued: its models, every gate, one row per customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

import pandas as pd

from ml_assets.clv.convergence import converged, fit_failed
from ml_assets.clv.customer_model import CustomerModel, fit_log
from ml_assets.clv.drift import (
    LastPublished,
    same_past,
    stable_totals,
    usual_amounts,
)
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.fit_identity import MODEL_VERSION
from ml_assets.clv.gates import (
    GateResult,
    enough_data,
    recent_orders,
    reconciles_with_mart,
)
from ml_assets.clv.independence import independence_of_frequency_and_value
from ml_assets.clv.lifetime_value import DEFAULT_ANNUAL_DISCOUNT_RATE
from ml_assets.clv.own_intervals import inside_own_interval
from ml_assets.clv.predictions import predict, predict_totals
from ml_assets.clv.purchases import PurchaseDays, days_since_1970
from ml_assets.clv.ranges import probabilities_in_range
from ml_assets.clv.rolling import BACKTEST_DAYS, better_than_naive
from ml_assets.clv.seasons.season_choice import unknown_season_sd
from ml_assets.clv.sources import living_sources
from ml_assets.sentences import Sentence

__all__ = [
    "ABOUT_CHANGE",
    "GATES",
    "Evidence",
    "MartTotals",
    "Valuation",
    "ValuationSettings",
    "method_of",
    "value_customers",
]

GATES = (
    "enough_data",
    "recent_orders",
    "living_sources",
    "same_past",
    "usual_amounts",
    "better_than_naive",
    "inside_own_interval",
    "independence_of_frequency_and_value",
    "converged",
    "probabilities_in_range",
    "reconciles_with_mart",
    "stable_totals",
)
# Gates that a person may overrule, once, knowing better.
ABOUT_CHANGE = ("living_sources", "same_past", "usual_amounts", "stable_totals")


@dataclass(frozen=True)
class ValuationSettings:
    """What a company may choose; recorded with every fit.

    Parameters
    ----------
    annual_discount_rate
        Share per year by which later revenue counts less.
    penalizer
        lifetimes' ``penalizer_coef`` of every model; 0 is maximum likelihood.
    currency_exponent
        Decimals of the company's currency.
    """

    annual_discount_rate: float = DEFAULT_ANNUAL_DISCOUNT_RATE
    penalizer: float = 0.0
    currency_exponent: int = 2

    def as_json(self) -> dict[str, float]:
        """Plain values for ``model_fits.settings``."""
        return asdict(self)


@dataclass(frozen=True)
class MartTotals:
    """Customers and net revenue up to the as-of date, counted from the orders."""

    customer_count: int
    historic_value: Decimal


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a company's predictions are held against.

    `mart` is what they must add up to, `last` the predictions in force (None: the
    first ones), `sources` what each source delivers (see `living_sources`), `backtests`
    the scores of `rolling.rolling_backtests` so far.
    """

    mart: MartTotals
    last: LastPublished | None
    sources: pd.DataFrame
    backtests: pd.DataFrame
    accept_changes: bool = False


@dataclass(frozen=True, eq=False)
class Valuation:
    """What came out; ``predictions`` and ``totals`` are None when a gate blocks."""

    gates: list[GateResult]
    model: CustomerModel | None = None
    predictions: pd.DataFrame | None = field(default=None)
    totals: pd.DataFrame | None = field(default=None)

    @property
    def reasons(self) -> list[str]:
        """Messages of the gates that block, empty when the run may be published."""
        return [gate.message for gate in self.gates if gate.outcome == "blocked"]


def value_customers(
    log: PurchaseDays,
    summaries: pd.DataFrame,
    as_of_date: dt.date,
    settings: ValuationSettings,
    evidence: Evidence,
) -> Valuation:
    """Fit a company's own models and predict every customer, unless a gate blocks.

    Parameters
    ----------
    log : PurchaseDays
        The company's purchase days up to `as_of_date`.
    summaries : DataFrame
        Rows of ``marts.customer_summaries`` of one company at ``as_of_date``.
    """
    last_order = summaries["last_order_date"].max() if len(summaries) else None
    gates = [enough_data(summaries), recent_orders(last_order, as_of_date)]
    if _blocks(gates):
        return Valuation(gates)
    day, last = days_since_1970(as_of_date), evidence.last
    gates += [
        living_sources(evidence.sources, as_of_date, last.as_of_date if last else None),
        same_past(log, last),
        usual_amounts(log, day, last),
        better_than_naive(evidence.backtests),
        inside_own_interval(evidence.backtests, _season_sds(log, evidence.backtests)),
        independence_of_frequency_and_value(summaries),
    ]
    gates = [_accepted(gate) if evidence.accept_changes else gate for gate in gates]
    if _blocks(gates):
        return Valuation(gates)
    try:
        model = fit_log(log, day, settings.penalizer)
        gates.append(converged(model))
        if _blocks(gates):
            return Valuation(gates, model)
        predictions = predict(
            model,
            summaries,
            currency_exponent=settings.currency_exponent,
            annual_discount_rate=settings.annual_discount_rate,
        )
    except CustomerValueError as failure:
        return Valuation([*gates, fit_failed(failure)])
    stable = stable_totals(predictions, last, as_of_date, method_of(model.status))
    gates += [
        probabilities_in_range(predictions),
        reconciles_with_mart(
            predictions,
            mart_customer_count=evidence.mart.customer_count,
            mart_historic_value=evidence.mart.historic_value,
        ),
        _accepted(stable) if evidence.accept_changes else stable,
    ]
    if _blocks(gates):
        return Valuation(gates, model)
    return Valuation(gates, model, predictions, predict_totals(model))


def _season_sds(log: PurchaseDays, backtests: pd.DataFrame) -> dict[dt.date, float]:
    return {
        date: unknown_season_sd(log, days_since_1970(date), BACKTEST_DAYS)
        for date in backtests["origin_date"].unique().tolist()
    }


def method_of(status: str, model_version: str = MODEL_VERSION) -> str:
    """What two runs must have in common for their totals to be comparable."""
    return f"{status}, version {model_version}"


def _blocks(gates: list[GateResult]) -> bool:
    return any(gate.outcome == "blocked" for gate in gates)


def _accepted(gate: GateResult) -> GateResult:
    if gate.gate not in ABOUT_CHANGE or gate.outcome != "blocked":
        return gate
    message = Sentence("drift.accepted", "Accepted: {seen}", seen=gate.message)
    return replace(gate, outcome="warned", message=message)
