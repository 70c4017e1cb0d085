"""Gate: the models have a maximum, and what it says of each parameter is known."""

from collections.abc import Iterator

import numpy as np

from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.fitted_parameters import chosen_parameters
from ml_assets.clv.gates import GateResult, Outcome
from ml_assets.clv.seasons.operational_time import Level, log_sd
from ml_assets.clv.seasons.season_choice import SHORTEST_SEASON_DAYS
from ml_assets.sentences import Sentence, said

__all__ = ["converged", "fit_failed"]

# The horizon by which it is told how little of the season is known.
_TOLD_DAYS = 90
# Of 90 % of a normal.
_REACH = 1.645
# Of a trend, from here on it is told although it is not counted by.
_LIKELIER = 0.5


def converged(model: CustomerModel) -> GateResult:
    """Warn where an average stands in for a model, or a parameter is hardly known.

    Observed is the largest standard error as a share of its parameter; above 1 it
    warns. Nothing to predict with at all, or a parameter that the histories do not
    determine, blocks. A season, or that none is known yet, is told without a warning.
    """
    gate = "converged"
    if model.choice is None:
        if model.status == "none":
            message = Sentence(
                "converged.nothing", "No model: {reason}", reason=model.reason
            )
            return GateResult(gate, "blocked", None, 1.0, message)
        message = Sentence(
            "converged.average",
            "No model: {reason} What is usual in other shops stands in.",
            reason=model.reason,
        )
        return GateResult(gate, "warned", None, 1.0, message)
    ratios = _relative_errors(model)
    worst = max(ratios, key=lambda name: _worse(ratios[name]))
    observed = ratios[worst]
    if not np.isfinite(observed):
        message = Sentence(
            "converged.undetermined",
            "{parameter} has no standard error: the histories do not determine it. "
            "Wait for more repeat purchases, or set a small penalizer such as 0.01.",
            parameter=worst,
        )
        return GateResult(gate, "blocked", None, 1.0, message)
    cautions = list(_cautions(model))
    if observed > 1:
        cautions.append(
            Sentence(
                "converged.weak",
                "above 100% a single customer's prediction is weak: read totals until "
                "there are more repeat purchases",
            )
        )
    message = Sentence(
        "converged.passed",
        "The least certain parameter is {parameter}, +-{error:.0%} of its value.",
        parameter=worst,
        error=observed,
    )
    outcome: Outcome = "warned" if cautions else "passed"
    cautions += _told(model)
    if cautions:
        message = Sentence(
            "converged.cautions",
            "{precision} {cautions:. }.",
            precision=message,
            cautions=cautions,
        )
    return GateResult(gate, outcome, observed, 1.0, message)


def fit_failed(error: CustomerValueError) -> GateResult:
    """The `converged` gate for a fit that raised: blocked, in the error's words."""
    message = Sentence("converged.no_fit", "No fit: {reason}", reason=said(error))
    return GateResult("converged", "blocked", None, None, message)


def _relative_errors(model: CustomerModel) -> dict[str, float]:
    return {
        f"{one.model} {name}": error / value
        for one in chosen_parameters(model)
        for name, value, error in zip(
            one.names, one.values, one.standard_errors.tolist(), strict=True
        )
    }


def _cautions(model: CustomerModel) -> Iterator[Sentence]:
    assert model.choice is not None  # noqa: S101 - asked before
    for one in dict.fromkeys((model.choice.orders, model.choice.chances)):
        if one.reason:
            yield Sentence(
                "converged.was",
                "{model} was {reason}",
                model=one.name,
                reason=one.reason,
            )
    if model.spending.fit is None:
        yield Sentence(
            "converged.no_spend_model",
            "the spend model is not used: {reason} Repeat customers are expected to "
            "spend their own mean per order, one-time buyers that of all",
            reason=model.spending.reason,
        )
    elif model.spending.reason:
        yield Sentence(
            "converged.penalized_spend_model",
            "the spend model needed a penalizer: {reason}",
            reason=model.spending.reason,
        )
    if model.reason:
        # Without the id: what a gate said outlives a customer who asks to be forgotten.
        yield Sentence(
            "converged.one_customer",
            "one customer makes a large part of all revenue: look at them separately",
        )


def _of_prices(monthly: float) -> Sentence:
    if monthly < 0:
        return Sentence(
            "converged.cheaper",
            "customers spend {slope:.1%} less on a purchase each month than in the one "
            "before, which counts at prices of today",
            slope=-monthly,
        )
    return Sentence(
        "converged.dearer",
        "customers spend {slope:.1%} more on a purchase each month than in the one "
        "before, which counts at prices of today",
        slope=monthly,
    )


def _of_trend(monthly: float) -> Sentence:
    if monthly < 0:
        return Sentence(
            "converged.falling",
            "customers buy {slope:.0%} less each month than in the one before",
            slope=-monthly,
        )
    return Sentence(
        "converged.growing",
        "customers buy {slope:.0%} more each month than in the one before",
        slope=monthly,
    )


def _told(model: CustomerModel) -> Iterator[Sentence]:
    if model.choice is None or model.log is None:
        return
    season, past = model.choice.season, model.log.up_to(model.as_of_day)
    if model.log.tells_spend is not None:
        yield Sentence(
            "converged.usual_amounts",
            "spend is learned without {count} purchases of unusual amounts, which "
            "foretold later ones better; totals are of all",
            count=int((~model.log.tells_spend).sum()),
        )
    if model.choice.prices is not None:
        yield _of_prices(float(np.expm1(model.choice.prices.slope)))
    if season.level is not None:
        yield _of_trend(float(np.expm1(season.level.slope)))
    if season.has_season:
        yield Sentence(
            "converged.season",
            "purchases follow a season: the busiest month (month {high} of the year) "
            "has {times:.1f} times the rate of the quietest (month {low})",
            high=int(season.index.argmax()) + 1,
            low=int(season.index.argmin()) + 1,
            times=float(season.index.max() / season.index.min()),
        )
    if season.unproven is not None:
        yield from _of_unproven(*season.unproven)
    if not season.covariance.any() or season.has_season:
        return
    unknown = log_sd(season, past.day, model.as_of_day, _TOLD_DAYS)
    if unknown:
        yield Sentence(
            "converged.unknown_season",
            "under {least} days of history no season is known: for that alone the "
            "orders of {days} days may be {times:.1f} times as many, or as few, which "
            "their interval holds",
            least=SHORTEST_SEASON_DAYS,
            days=_TOLD_DAYS,
            times=float(np.exp(_REACH * unknown)),
        )


def _of_unproven(level: Level, chance: float) -> Iterator[Sentence]:
    """A trend that is likelier than none, and not proven."""
    if chance > _LIKELIER:
        yield Sentence(
            "converged.may_move",
            "customers may buy {slope:+.0%} each month ({chance:.0%} likely): totals "
            "do not count on it, and their interval holds it in part",
            slope=float(np.expm1(level.slope)),
            chance=chance,
        )


def _worse(ratio: float) -> float:
    return ratio if np.isfinite(ratio) else float("inf")
