"""One company's customers valued: two fits, every gate, one row per customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from ml_assets.clv import bg_nbd, gamma_gamma
from ml_assets.clv.bg_nbd import BgNbdFit
from ml_assets.clv.errors import CustomerValueError, NotConverged
from ml_assets.clv.gamma_gamma import GammaGammaFit
from ml_assets.clv.gates import (
    GateResult,
    converged,
    enough_data,
    fit_failed,
    recent_orders,
    reconciles_with_mart,
)
from ml_assets.clv.histories import Floats, column_of_floats
from ml_assets.clv.independence import independence_of_frequency_and_value
from ml_assets.clv.lifetime_value import DEFAULT_ANNUAL_DISCOUNT_RATE
from ml_assets.clv.predictions import predict
from ml_assets.clv.ranges import probabilities_in_range

__all__ = ["GATES", "MartTotals", "Valuation", "ValuationSettings", "value_customers"]

GATES = (
    "enough_data",
    "recent_orders",
    "independence_of_frequency_and_value",
    "converged",
    "probabilities_in_range",
    "reconciles_with_mart",
)

# Where the plain likelihood has no maximum. Customers who never stop buying push
# the drop-out parameter to zero: a prior this wide (a factor of 20 either way)
# only keeps it from getting there. Spend gets the owner's penalizer.
_RESCUE_PRIOR_SD = 3.0
_RESCUE_PENALIZER = 0.01


@dataclass(frozen=True)
class ValuationSettings:
    """What a company may choose; recorded with every fit.

    Parameters
    ----------
    annual_discount_rate
        Share per year by which later revenue counts less.
    penalizer
        lifetimes' ``penalizer_coef`` of both models; 0 is maximum likelihood.
    """

    annual_discount_rate: float = DEFAULT_ANNUAL_DISCOUNT_RATE
    penalizer: float = 0.0

    def as_json(self) -> dict[str, float]:
        """Plain values for ``model_fits.settings``."""
        return asdict(self)


@dataclass(frozen=True)
class MartTotals:
    """Customers and net revenue up to the as-of date, counted from the orders."""

    customer_count: int
    historic_value: Decimal


@dataclass(frozen=True, eq=False)
class Valuation:
    """What came out; ``predictions`` is None when a gate blocks."""

    gates: list[GateResult]
    bg_nbd: BgNbdFit | None = None
    gamma_gamma: GammaGammaFit | None = None
    predictions: pd.DataFrame | None = field(default=None)

    @property
    def reasons(self) -> list[str]:
        """Messages of the gates that block, empty when the run may be published."""
        return [gate.message for gate in self.gates if gate.outcome == "blocked"]


def value_customers(
    summaries: pd.DataFrame,
    as_of_date: dt.date,
    settings: ValuationSettings,
    mart: MartTotals,
    *,
    currency_exponent: int = 2,
) -> Valuation:
    """Fit both models and predict every customer, unless a gate blocks.

    Parameters
    ----------
    summaries : DataFrame
        Rows of ``marts.customer_summaries`` of one company at ``as_of_date``.
    mart : MartTotals
        What the predictions must add up to.
    currency_exponent : int
        Decimals of the company's currency.
    """
    last_order = summaries["last_order_date"].max() if len(summaries) else None
    gates = [
        enough_data(summaries),
        recent_orders(last_order, as_of_date),
        independence_of_frequency_and_value(summaries),
    ]
    if _blocks(gates):
        return Valuation(gates)
    try:
        purchases = _fit_purchases(summaries, settings.penalizer)
    except CustomerValueError as failure:
        return Valuation([*gates, fit_failed(failure)])
    if not np.isfinite(purchases.standard_errors).all():
        undetermined = NotConverged(
            "the purchase histories do not determine every parameter. Wait for more "
            "repeat purchases, or set a small penalizer such as 0.01."
        )
        return Valuation([*gates, fit_failed(undetermined)])
    spend, verdict = _fit_spend(summaries, settings.penalizer, purchases)
    gates.append(verdict)
    predictions = predict(
        summaries,
        purchases.parameters,
        spend.parameters if spend else _order_values(summaries),
        currency_exponent=currency_exponent,
        annual_discount_rate=settings.annual_discount_rate,
    )
    gates += [
        probabilities_in_range(predictions),
        reconciles_with_mart(
            predictions,
            mart_customer_count=mart.customer_count,
            mart_historic_value=mart.historic_value,
        ),
    ]
    published = None if _blocks(gates) else predictions
    return Valuation(gates, purchases, spend, published)


def _blocks(gates: list[GateResult]) -> bool:
    return any(gate.outcome == "blocked" for gate in gates)


def _fit_purchases(summaries: pd.DataFrame, penalizer: float) -> BgNbdFit:
    history = [summaries[c] for c in ("frequency", "recency_days", "age_days")]
    try:
        return bg_nbd.fit(*history, penalizer=penalizer)
    except NotConverged:
        if penalizer:
            raise
        return bg_nbd.fit(*history, prior_sd=_RESCUE_PRIOR_SD)


def _fit_spend(
    summaries: pd.DataFrame, penalizer: float, purchases: BgNbdFit
) -> tuple[GammaGammaFit | None, GateResult]:
    """The spend model if it can be had, and the verdict on both fits."""
    spend = (summaries["frequency"], column_of_floats(summaries, "monetary_value"))
    attempts = (penalizer,) if penalizer else (0.0, _RESCUE_PENALIZER)
    for attempt in attempts:
        try:
            fit = gamma_gamma.fit(*spend, penalizer=attempt)
        except CustomerValueError as failure:
            reason = str(failure)
            continue
        verdict = converged(purchases, fit)
        if verdict.outcome != "blocked":
            return fit, _mention_rescue(verdict, purchases, fit, penalizer)
        reason = verdict.message
    message = (
        f"The spend model is not used: {reason} Repeat customers are expected to spend "
        "their own mean per order, one-time buyers the mean of all."
    )
    return None, GateResult("converged", "warned", None, None, message)


def _mention_rescue(
    verdict: GateResult, purchases: BgNbdFit, spend: GammaGammaFit, asked: float
) -> GateResult:
    helped = []
    if purchases.prior_sd is not None:
        helped.append(f"purchases with a prior of {_RESCUE_PRIOR_SD:g} log units")
    if spend.penalizer != asked:
        helped.append(f"spend with a penalizer of {_RESCUE_PENALIZER:g}")
    if not helped:
        return verdict
    message = (
        "Plain maximum likelihood had no maximum; fitted "
        f"{' and '.join(helped)}. {verdict.message}"
    )
    return replace(verdict, outcome="warned", message=message)


def _order_values(summaries: pd.DataFrame) -> Floats:
    """Spend per order without a spend model: what each customer did so far."""
    frequency = column_of_floats(summaries, "frequency")
    value = column_of_floats(summaries, "monetary_value")
    repeats = frequency > 0
    overall = float(np.average(value[repeats], weights=frequency[repeats]))
    return np.where(repeats, value, overall)
