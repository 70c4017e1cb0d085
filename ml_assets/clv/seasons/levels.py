"""How far a company sells above or below its models, and how far it will.

A model that knows each customer's past knows nothing of what moves all of them at
once: a campaign, a month without stock, a shop that everybody has heard of by now. What
it was off by in the windows behind tells where a company stands and how much it moves;
where it will stand is a forecast of that.

ln(actual / expected) is the sum of four Gaussian processes of the day t:

- a bias of the models that stays (standard deviation .05),
- a level that moves, in one of two ways, as likely before anything is seen: it wanders
  and comes back, l^2 exp(-|t - s| / 60) (Ornstein-Uhlenbeck), or it walks and never
  does, by .3 l a month, and a fit knows its mean of the year before (a local level,
  Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, 2.3;
  of a contrast -|t - s| / 2 is the covariance of a walk: Matheron 1973, The intrinsic
  random functions, Advances in Applied Probability 5(3)),
- days of the year that repeat, s^2 exp(-2 sin^2(pi |t - s| / 365) / .35^2)
  exp(-|t - s| / 1500): MacKay (1998), Introduction to Gaussian processes; none where
  the models count time by a season already,
- shocks of a window (.06), beside what chance does to its purchases.

A window holds the mean of its days. How large l and s are, and which way it moves, is
weighed by how likely they make the windows behind (Rasmussen & Williams 2006, eq. 2.25,
2.30 and 5.8, a mixture over a grid). A horizon that is long beside the history
stretches what the models never saw: .3 ln(1 + horizon / history) more. The constants
are those that told totals of twelve kinds of simulated and public shops best, all taken
together; decisions 0184 and 0236.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from ml_assets.clv.histories import Floats

__all__ = ["Window", "level_ahead"]

_BIAS, _SHOCK, _STRETCH = 0.05, 0.06, 0.3
_LEVEL_DAYS, _YEAR, _YEARS_DAYS, _YEAR_LENGTH = 60.0, 365.0, 1500.0, 0.35
_WALK, _MONTH = 0.3, 30.0
_SIZES: Final = np.array([0.05, 0.1, 0.2, 0.4, 0.8])
_BELIEF: Final = np.array([3.0, 3.0, 1.0, 0.2, 0.03]) / 7.23
_POINTS = 12


class Window(NamedTuple):
    """What a model fitted before it was off by: days after the as-of day, below 0.

    `log_ratio` is ln(actual / expected) purchases, `chance` its variance when nothing
    but chance is at work.
    """

    start: float
    end: float
    log_ratio: float
    chance: float


def level_ahead(
    windows: Sequence[Window],
    horizon_days: float,
    history_days: float,
    *,
    has_season: bool,
) -> tuple[float, float]:
    """ln(actual / expected) of the days ahead, and its standard deviation.

    Parameters
    ----------
    windows
        None is no guide: then it is 0, as wide as companies differ.
    history_days
        Of the log behind. Days.
    has_season
        Whether the models know the days of the year already.
    """
    spans = np.array([*(one[:2] for one in windows), (0.0, horizon_days)], dtype=float)
    comes_back, walks, year = _kernels(spans, history_days)
    if has_season:
        year = np.zeros_like(year)
    noise = _noise(windows, spans)
    seen = np.array([one.log_ratio for one in windows])
    found = [
        _posterior(_BIAS**2 + wander**2 * level + season**2 * year + noise, seen)
        for level in (comes_back, walks)
        for wander in _SIZES
        for season in _SIZES
    ]
    likelihoods, means, variances = np.array(found).T
    weights = np.tile(np.outer(_BELIEF, _BELIEF).ravel(), 2)
    weights = weights * np.exp(likelihoods - likelihoods.max())
    weights = weights / weights.sum()
    mean = float(weights @ means)
    variance = float(weights @ (variances + (means - mean) ** 2))
    stretch = _STRETCH * np.log1p(horizon_days / max(history_days, 1.0))
    return mean, float(np.hypot(np.sqrt(variance), stretch))


def _kernels(spans: Floats, history_days: float) -> tuple[Floats, Floats, Floats]:
    """Covariances of means of spans: level that comes back, walk, year; (n, n)."""
    size, opened = len(spans), -max(history_days, _MONTH)
    # A model was fitted where its span begins, to the year before it or less.
    fitted = spans[:, 0]
    since = np.minimum(np.maximum(fitted - _YEAR, opened), fitted - _MONTH)
    steps = (np.arange(_POINTS) + 0.5) / _POINTS
    both = np.vstack([spans, np.column_stack([since, fitted])])
    days = both[:, :1] + (both[:, 1:] - both[:, :1]) * steps
    apart = np.abs(days[:, :, None, None] - days[None, None])
    far = -apart.mean(axis=(1, 3)) / (2 * _MONTH)
    walk = far[:size, :size] - far[:size, size:] - far[size:, :size] + far[size:, size:]
    apart = apart[:size, :, :size]
    level = np.exp(-apart / _LEVEL_DAYS)
    turns = np.sin(np.pi * apart / _YEAR) ** 2
    year = np.exp(-2 * turns / _YEAR_LENGTH**2 - apart / _YEARS_DAYS)
    return level.mean(axis=(1, 3)), _WALK**2 * walk, year.mean(axis=(1, 3))


def _noise(windows: Sequence[Window], spans: Floats) -> Floats:
    """Chance and shocks: days that two windows share bring the same chance to both."""
    start, end = spans.T
    length = end - start
    shared = np.minimum(end[:, None], end) - np.maximum(start[:, None], start)
    chance = [one.chance * (one.end - one.start) for one in windows]
    a_day = float(np.median(chance)) if chance else 0.0
    noise = a_day * np.maximum(shared, 0) / np.outer(length, length)
    noise += np.diag(np.full(length.size, _SHOCK**2))
    # Of the days ahead chance is told apart, by the customers.
    noise[-1, :] = noise[:, -1] = 0.0
    return np.asarray(noise)


def _posterior(covariance: Floats, seen: Floats) -> tuple[float, float, float]:
    """Likelihood (ln) of what was seen, mean and variance of the last one."""
    if not seen.size:
        return 0.0, 0.0, float(covariance[-1, -1])
    lower = np.linalg.cholesky(covariance[:-1, :-1])
    whitened = np.linalg.solve(lower, np.column_stack([seen, covariance[:-1, -1]]))
    off, reach = whitened.T
    likelihood = -float(off @ off) / 2 - float(np.log(np.diag(lower)).sum())
    return likelihood, float(reach @ off), float(covariance[-1, -1] - reach @ reach)
