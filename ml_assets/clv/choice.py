"""Which purchase model a company gets: judged on its own past, never on its future.

Every candidate is fitted to the log as it was at several earlier dates, the inner
origins, and to the whole log. How regular customers are (k) is decided by the
likelihood. The expected orders come from the candidate with the smallest absolute
error per customer after the inner origins, each scaled to the actual total first:
level is the business of `trend`. The probabilities come from the same candidate, unless
another's log-loss, recalibrated, is clearly smaller.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ml_assets.clv.calibration import Recalibration, log_loss, recalibrate
from ml_assets.clv.errors import CustomerValueError, NotConverged, TooShortHistory
from ml_assets.clv.histories import MINIMUM_REPEAT_CUSTOMERS, Floats
from ml_assets.clv.horizons import PurchaseFit, Standing
from ml_assets.clv.models import bg_nbd, pareto_nbd
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.bg_nbd_likelihood import Shape
from ml_assets.clv.models.pareto_nbd import ParetoNbd
from ml_assets.clv.purchases import Later, PurchaseDays, Seen
from ml_assets.clv.seasons.operational_time import EVEN, Level, Season
from ml_assets.sentences import Sentence, said

__all__ = [
    "LARGEST_SAMPLE",
    "SHORTEST_MODEL_HISTORY_DAYS",
    "Candidate",
    "Choice",
    "InnerOrigin",
    "Trial",
    "choose",
    "choose_by_likelihood",
    "expected",
    "fit_candidate",
    "inner_origins",
    "origin_at",
    "trial_of",
]

_SIMPLE = ("bg_nbd", "mbg_nbd", "pareto_nbd")
_FRACTIONS = (0.5, 0.6, 2 / 3, 0.75)
_EXACT = 1e-9
_FEWEST_LATER_PURCHASES = 20
# Errors of this many customers tell the candidates apart well enough.
LARGEST_SAMPLE = 50_000
SHORTEST_MODEL_HISTORY_DAYS = 56
_REGULARITIES = (2, 3, 4, 6, 8, 12)
# Two models in one forecast are worth it only for this share of the log-loss.
_CLEARLY_SMALLER = 0.99
# As wide as a factor of 20 either way: it only stops a parameter from running away.
_RESCUE_PRIOR_SD = 3.0


class InnerOrigin(NamedTuple):
    """The log as it was at an earlier day, and what its customers did afterwards.

    `horizon_days` and the times of `seen` are operational days; `standing` is of them.
    """

    day: int
    horizon_days: float
    seen: Seen
    later: Later
    standing: Standing


class Trial(NamedTuple):
    """What a model fitted at an inner origin expected: E[Y], its variance, P(Y > 0).

    Shapes (n,). `sampling` is the squared relative error of the total that chance alone
    leaves.
    """

    orders: Floats
    variance: Floats
    buys: Floats
    sampling: float
    fit: PurchaseFit


@dataclass(frozen=True)
class Candidate:
    """One model and how it did; what could not be had is None, and `reason` says why.

    `log_likelihood` is of the whole log, times in days, waiting times included;
    `mae` the mean over inner origins of the absolute error per customer, as a
    multiple of the best candidate's; `log_loss` of P(any purchase), recalibrated.
    """

    name: str
    fit: PurchaseFit | None
    log_likelihood: float | None
    mae: float | None = None
    log_loss: float | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Choice:
    """Which candidate gives the orders, which the probabilities, and every one tried.

    `origins` are the inner origins they were compared on: none when the log is too
    short, and then the likelihood decided alone. `trials` has what each candidate
    expected there, by name. `prices` is how prices moved, None: hardly.
    """

    orders: Candidate
    chances: Candidate
    candidates: list[Candidate]
    origins: list[InnerOrigin]
    trials: dict[str, list[Trial]]
    penalizer: float = 0.0
    season: Season = EVEN
    prices: Level | None = None


def inner_origins(
    log: PurchaseDays, as_of_day: int, season: Season = EVEN
) -> list[InnerOrigin]:
    """Earlier days with enough before and after them to learn from."""
    span = as_of_day - log.first_day
    origins = []
    for fraction in _FRACTIONS:
        day = log.first_day + round(span * fraction)
        horizon = min(as_of_day - day, 365)
        if day >= as_of_day:
            continue
        origin = origin_at(log, day, horizon, season)
        if origin is not None:
            origins.append(origin)
    return origins


def origin_at(
    log: PurchaseDays,
    day: int,
    horizon_days: int,
    season: Season = EVEN,
    known: InnerOrigin | None = None,
) -> InnerOrigin | None:
    """One inner origin, or None when it would rest on too few purchases.

    Parameters
    ----------
    known
        The same log at the same day, of another horizon.
    """
    seen = known.seen if known else log.seen_at(day, season)
    later = log.later(seen, day, horizon_days)
    repeaters = int((seen.histories.frequency > 0).sum())
    enough = repeaters >= MINIMUM_REPEAT_CUSTOMERS
    if not enough or later.purchases.sum() < _FEWEST_LATER_PURCHASES:
        return None
    length = float(season.length(day, horizon_days))
    standing = known.standing if known else Standing.of(seen.histories)
    return InnerOrigin(day, length, seen, later, standing)


def fit_candidate(
    name: str,
    seen: Seen,
    penalizer: float = 0.0,
    near: PurchaseFit | None = None,
) -> PurchaseFit:
    """Fit by name: bg_nbd, mbg_nbd, bg_cnbd_2, mbg_cnbd_2, ..., pareto_nbd.

    Parameters
    ----------
    penalizer
        lifetimes' `penalizer_coef`. At 0 a wide prior helps where it is needed.
    near
        The same model of another day or of other customers: where to begin.

    Raises
    ------
    CustomerValueError
        When not even a wide prior gives the likelihood a maximum.
    """
    if near is not None and near.prior_sd is None:
        with suppress(NotConverged):
            return _fit(name, seen, penalizer, None, near)
    try:
        return _fit(name, seen, penalizer, None)
    except NotConverged:
        if penalizer:
            raise
        return _fit(name, seen, penalizer, _RESCUE_PRIOR_SD)


def choose(
    log: PurchaseDays,
    as_of_day: int,
    penalizer: float = 0.0,
    season: Season = EVEN,
) -> Choice:
    """Fit every candidate, compare them and keep the account of it.

    All of them, at all origins, count time as `season` does.

    Raises
    ------
    CustomerValueError
        When no candidate can be fitted at all.
    """
    _require_history(log.seen_at(as_of_day))
    seen = log.seen_at(as_of_day, season)
    fitted = list(_candidates(seen, penalizer))
    usable = [candidate for candidate in fitted if candidate.fit is not None]
    if not usable:
        raise NotConverged(_no_model(fitted[0]))
    origins = inner_origins(log.some(LARGEST_SAMPLE), as_of_day, season)
    trials = {
        one.name: trial_of(one.name, origins, penalizer, one.fit) for one in usable
    }
    compared = [_scored(one, trials, origins) for one in usable]
    by_likelihood = max(
        compared, key=lambda one: _or_worst_likelihood(one.log_likelihood)
    )
    orders = min(compared, key=lambda one: _or_worst(one.mae), default=by_likelihood)
    surest = min(compared, key=lambda one: _or_worst(one.log_loss))
    if orders.mae is None:
        orders = by_likelihood
    if not _clearly_better(surest.log_loss, orders.log_loss):
        surest = orders
    failed = [one for one in fitted if one.fit is None]
    tried = {name: trial for name, trial in trials.items() if trial}
    account = [*compared, *failed]
    return Choice(orders, surest, account, origins, tried, penalizer, season)


def choose_by_likelihood(seen: Seen, penalizer: float = 0.0) -> Choice:
    """The choice without dates: k = 1, and no inner origin to compare on.

    Raises
    ------
    CustomerValueError
        When no candidate can be fitted at all.
    """
    _require_history(seen)
    fitted = [_candidate(name, seen, penalizer) for name in _SIMPLE]
    best = max(fitted, key=lambda one: _or_worst_likelihood(one.log_likelihood))
    if best.fit is None:
        raise NotConverged(_no_model(best))
    return Choice(best, best, fitted, [], {}, penalizer)


def _candidates(seen: Seen, penalizer: float) -> Iterator[Candidate]:
    simple = [_candidate(name, seen, penalizer) for name in _SIMPLE]
    yield from simple
    best, name = simple[0], None
    for k in _REGULARITIES:
        regular = _candidate(f"bg_cnbd_{k}", seen, penalizer)
        if regular.log_likelihood is None or best.log_likelihood is None:
            break
        if regular.log_likelihood <= best.log_likelihood:
            break
        best, name = regular, f"mbg_cnbd_{k}"
    if name is not None:
        yield best
        yield _candidate(name, seen, penalizer)


def _no_model(tried: Candidate) -> Sentence:
    return Sentence(
        "reasons.no_model", "no model could be fitted: {reason}", reason=tried.reason
    )


def _require_history(seen: Seen) -> None:
    days = float(seen.histories.age_days.max(initial=0))
    if days < SHORTEST_MODEL_HISTORY_DAYS:
        raise TooShortHistory(
            Sentence(
                "reasons.short_history",
                "the first order is {days:.0f} days old: a pause cannot be told from "
                "leaving before {least} days. Load older orders, or wait.",
                days=days,
                least=SHORTEST_MODEL_HISTORY_DAYS,
            )
        )


def _candidate(name: str, seen: Seen, penalizer: float) -> Candidate:
    try:
        fit = fit_candidate(name, seen, penalizer)
    except CustomerValueError as failure:
        return Candidate(name, None, None, reason=said(failure))
    waiting = bg_nbd.interval_term(
        _shape(name).regularity, seen.histories.frequency, seen.log_intervals
    )
    reason = None
    if fit.prior_sd is not None:
        reason = Sentence(
            "reasons.prior", "fitted with a prior of {sd:g} log units", sd=fit.prior_sd
        )
    return Candidate(name, fit, fit.log_likelihood + waiting, reason=reason)


def _fit(
    name: str,
    seen: Seen,
    penalizer: float,
    prior_sd: float | None,
    near: PurchaseFit | None = None,
) -> PurchaseFit:
    start = near.parameters if near else None
    if name == "pareto_nbd":
        assert start is None or isinstance(start, ParetoNbd)  # noqa: S101 - one name
        return pareto_nbd.fit(
            *seen.histories, penalizer=penalizer, prior_sd=prior_sd, start=start
        )
    shape = _shape(name)
    assert start is None or isinstance(start, BgNbd)  # noqa: S101 - one name
    return bg_nbd.fit(
        *seen.histories,
        start=start,
        regularity=shape.regularity,
        leaves_at_first=shape.leaves_at_first,
        penalizer=penalizer,
        prior_sd=prior_sd,
    )


def _shape(name: str) -> Shape:
    _, _, regularity = name.partition("cnbd_")
    return Shape(int(regularity or 1), name.startswith("mbg"))


def trial_of(
    name: str,
    origins: list[InnerOrigin],
    penalizer: float = 0.0,
    near: PurchaseFit | None = None,
) -> list[Trial] | None:
    """What a model fitted at each inner origin expected after it; None: no fit."""
    try:
        fits = [fit_candidate(name, one.seen, penalizer, near) for one in origins]
    except CustomerValueError:
        return None
    return [expected(*pair) for pair in zip(fits, origins, strict=True)]


def expected(fit: PurchaseFit, origin: InnerOrigin) -> Trial:
    """What a model fitted to what was seen at an origin says of the days after it."""
    horizon = np.array([origin.horizon_days])
    at_horizon = origin.standing.forecast(fit.parameters, horizon)
    of_rows = at_horizon.mean[:, 0]
    positions = origin.standing.positions
    orders = of_rows[positions]
    variance = (at_horizon.square[:, 0] - of_rows**2)[positions]
    return Trial(
        orders=orders,
        variance=variance,
        buys=(1 - at_horizon.no_purchase[:, 0])[positions],
        sampling=float(variance.sum()) / max(float(orders.sum()) ** 2, 1e-12),
        fit=fit,
    )


def _scored(
    candidate: Candidate,
    trials: dict[str, list[Trial] | None],
    origins: list[InnerOrigin],
) -> Candidate:
    own = trials[candidate.name]
    if not own:
        return candidate
    ratios, losses = [], []
    recalibration = _recalibration(own, origins)
    for position, origin in enumerate(origins):
        errors = {
            name: _scaled_error(trial[position].orders, origin.later.purchases)
            for name, trial in trials.items()
            if trial
        }
        # Customers who are all alike can be foreseen without any error.
        best = max(min(errors.values()), _EXACT)
        ratios.append(max(errors[candidate.name], _EXACT) / best)
        corrected = recalibration.apply(own[position].buys)
        losses.append(log_loss(corrected, origin.later.purchases > 0))
    return Candidate(
        candidate.name,
        candidate.fit,
        candidate.log_likelihood,
        float(np.mean(ratios)),
        float(np.mean(losses)),
        candidate.reason,
    )


def _scaled_error(expected: Floats, actual: Floats) -> float:
    scale = actual.sum() / max(float(expected.sum()), 1e-12)
    return float(np.abs(expected * scale - actual).mean())


def _recalibration(trial: list[Trial], origins: list[InnerOrigin]) -> Recalibration:
    return recalibrate(
        [
            (one.buys, origin.later.purchases > 0)
            for one, origin in zip(trial, origins, strict=True)
        ]
    )


def _clearly_better(loss: float | None, than: float | None) -> bool:
    return loss is not None and than is not None and loss < than * _CLEARLY_SMALLER


def _or_worst(value: float | None) -> float:
    return np.inf if value is None else value


def _or_worst_likelihood(value: float | None) -> float:
    return -np.inf if value is None else value
