"""Are probabilities true? How well they fit what happened, and how to correct them."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from ml_assets.clv.histories import Bools, Floats

__all__ = [
    "Recalibration",
    "expected_calibration_error",
    "log_loss",
    "log_odds",
    "recalibrate",
]

_SMALLEST = 1e-6
# Before any data a model is taken to be right: slope 1, intercept 0, give or take.
_SLOPE_SD, _INTERCEPT_SD = 0.2, 0.2
# Keeps the intercept of one window finite when everybody or nobody bought.
_LOOSE_SD = 3.0
# How far the intercept of one window is from that of the next, unless it is seen.
_WINDOW_SD = 0.25
# A correction that turned the order of customers round would be no correction.
_SLOPES = (0.25, 4.0)
_MOST_STEPS, _EXACT, _LONGEST_STEP = 100, 1e-9, 2.0
# Windows of one log overlap and repeat each other.
_INDEPENDENT_TRIALS = 2.0


class Recalibration(NamedTuple):
    """``logit(p') = level + intercept + slope * logit(p)``: Platt's, but centred.

    `level` is found for the customers at hand: with it the slope alone leaves the sum
    of their probabilities as it is, whatever the horizon. The intercept moves the sum;
    `intercept_sd` is how far it moves from one origin to another.
    """

    intercept: float = 0.0
    slope: float = 1.0
    intercept_sd: float = 0.0

    def apply(self, probability: Floats, weights: Floats | None = None) -> Floats:
        """Corrected probabilities, shape kept.

        Parameters
        ----------
        probability : ndarray, shape (n,) or (n, m)
            Of n histories, over m horizons, each of which has a level of its own.
        weights : ndarray, shape (n,), or None
            How many customers have each history; None is one.
        """
        scores = log_odds(probability)
        line = self.slope * scores
        if self.slope != 1:
            line = line + _level(scores, self.slope, weights)
        return np.asarray(expit(self.intercept + line))


def recalibrate(trials: list[tuple[Floats, Bools]]) -> Recalibration:
    """One slope and an intercept per trial, by penalised logistic regression.

    Platt (1999), Probabilistic outputs for support vector machines. The intercept
    used later is the mean of the trials', each beyond the level that the slope alone
    would keep, drawn towards 0 as far as they disagree.

    Parameters
    ----------
    trials : list of (probability, happened), shapes (n,)
    """
    counted = [_counted(p, happened) for p, happened in trials]
    theta = _maximum(counted)
    slope = float(np.clip(theta[-1], *_SLOPES))
    intercepts = theta[:-1] - [
        float(_level(one.score, slope, one.customers)) for one in counted
    ]
    window_sd = float(intercepts.std(ddof=1)) if len(trials) > 1 else _WINDOW_SD
    error = window_sd**2 / min(len(trials), _INDEPENDENT_TRIALS)
    weight = _INTERCEPT_SD**2 / (_INTERCEPT_SD**2 + error)
    return Recalibration(float(weight * intercepts.mean()), slope, window_sd)


def log_odds(probability: Floats) -> Floats:
    """Logits of probabilities, which are kept off 0 and 1; shape kept."""
    return np.asarray(logit(np.clip(probability, _SMALLEST, 1 - _SMALLEST)))


def _level(scores: Floats, slope: float, weights: Floats | None = None) -> Floats:
    """What to add to slope * scores so that the sum of P stays, shape () or (m,).

    Newton's steps on the logit of the mean, which is all but a straight line.
    """
    mean = np.average(expit(scores), axis=0, weights=weights)
    wanted, level = logit(mean), (1 - slope) * logit(mean)
    for _ in range(_MOST_STEPS):
        chance = expit(level + slope * scores)
        mean = np.average(chance, axis=0, weights=weights)
        by_level = np.average(chance * (1 - chance), axis=0, weights=weights)
        step = (wanted - logit(mean)) * mean * (1 - mean) / by_level
        level = level + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        if np.abs(step).max() < _EXACT:
            break
    return np.asarray(level)


class _Counted(NamedTuple):
    """Customers of one probability, shapes (rows,): its logit, and how many."""

    score: Floats
    customers: Floats
    happened: Floats


def _counted(probability: Floats, happened: Bools) -> _Counted:
    distinct, which = np.unique(probability, return_inverse=True)
    customers = np.bincount(which).astype(np.float64)
    came = np.bincount(which, happened).astype(np.float64)
    return _Counted(log_odds(distinct), customers, came)


def _maximum(counted: list[_Counted]) -> Floats:
    """Intercepts and slope, by Newton steps that are halved until they climb.

    The penalised likelihood is concave, so that this cannot but converge.
    """
    trials = len(counted)
    theta = np.append(np.zeros(trials), 1.0)
    prior = np.append(np.full(trials, _LOOSE_SD**-2), _SLOPE_SD**-2)
    middle = theta.copy()

    def value(at: Floats) -> float:
        total = -float(prior @ (at - middle) ** 2) / 2
        for intercept, one in zip(at[:-1], counted, strict=True):
            line = intercept + at[-1] * one.score
            total += float(one.happened @ line - one.customers @ np.logaddexp(0, line))
        return total

    here = value(theta)
    for _ in range(_MOST_STEPS):
        gradient = -prior * (theta - middle)
        information = np.diag(prior)
        for position, (score, customers, came) in enumerate(counted):
            fitted = expit(theta[position] + theta[-1] * score)
            error = came - customers * fitted
            spread = customers * fitted * (1 - fitted)
            gradient[position] += error.sum()
            gradient[-1] += error @ score
            information[position, position] += spread.sum()
            information[position, -1] += spread @ score
            information[-1, position] += spread @ score
            information[-1, -1] += spread @ score**2
        step = np.linalg.solve(information, gradient)
        while (there := value(theta + step)) < here and np.abs(step).max() > _EXACT:
            step = step / 2
        theta, here = theta + step, max(there, here)
        if np.abs(step).max() < _EXACT:
            break
    return theta


def log_loss(probability: Floats, happened: Bools) -> float:
    """Mean of -ln of the probability given to what happened, in nats."""
    p = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    return float(-np.mean(np.where(happened, np.log(p), np.log1p(-p))))


def expected_calibration_error(
    probability: Floats, happened: Bools, *, bins: int = 10
) -> float:
    """Mean gap between stated and actual share over equal-sized groups."""
    order = np.argsort(probability, kind="stable")
    gaps = [
        group.size * abs(probability[group].mean() - happened[group].mean())
        for group in np.array_split(order, bins)
        if group.size
    ]
    return float(sum(gaps) / probability.size)
