"""Which purchase model a company gets: judged on its own past, never on its future.

Every candidate is fitted to the log as it was at several earlier dates, the inner
origins, and to the whole log. How regular customers are (k) is decided by the
likelihood. The expected orders come from the candidate with the smallest absolute
error per customer after the inner origins, each scaled to the actual total first:
level is the business of `trend`. The probabilities come from the same candidate, unless
another's log-loss, recalibrated, is clearly smaller.
"""

from dataclasses import dataclass

import numpy as np

from ml_assets.clv.calibration import Recalibration, log_loss, recalibrate
from ml_assets.clv.candidates import (
    SIMPLE,
    Candidate,
    candidate_of,
    candidates_of,
    require_history,
)
from ml_assets.clv.errors import NotConverged
from ml_assets.clv.histories import Floats
from ml_assets.clv.inner_origins import InnerOrigin, Trial, inner_origins, trial_of
from ml_assets.clv.purchases import PurchaseDays, Seen
from ml_assets.clv.seasons.operational_time import EVEN, Level, Season
from ml_assets.sentences import Sentence

__all__ = ["LARGEST_SAMPLE", "Choice", "choose", "choose_by_likelihood"]

# Errors of this many customers tell the candidates apart well enough.
LARGEST_SAMPLE = 50_000
_EXACT = 1e-9
# Two models in one forecast are worth it only for this share of the log-loss.
_CLEARLY_SMALLER = 0.99


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
    require_history(log.seen_at(as_of_day))
    seen = log.seen_at(as_of_day, season)
    fitted = list(candidates_of(seen, penalizer))
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
    require_history(seen)
    fitted = [candidate_of(name, seen, penalizer) for name in SIMPLE]
    best = max(fitted, key=lambda one: _or_worst_likelihood(one.log_likelihood))
    if best.fit is None:
        raise NotConverged(_no_model(best))
    return Choice(best, best, fitted, [], {}, penalizer)


def _no_model(tried: Candidate) -> Sentence:
    return Sentence(
        "reasons.no_model", "no model could be fitted: {reason}", reason=tried.reason
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
