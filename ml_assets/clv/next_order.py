"""When the next order comes: the day by which it is as likely as one says."""

import numpy as np
from scipy.special import expit

from ml_assets.clv.calibration import log_odds
from ml_assets.clv.choice import Choice
from ml_assets.clv.histories import Floats
from ml_assets.clv.horizons import Standing, silence_in_parts

__all__ = ["KNOWN_DAYS", "LEVELS", "days_until_order"]

# Earliest, median and latest of an 80 % interval.
LEVELS = (0.1, 0.5, 0.9)
# The horizon whose published probability the dates agree with.
KNOWN_DAYS = 90
_FARTHEST_DAYS = 365
_STEPS = 40


def days_until_order(
    choice: Choice,
    standing: Standing,
    no_purchase: Floats,
    levels: tuple[float, ...] = LEVELS,
    as_of_day: int = 0,
) -> Floats:
    """Days from the as-of date by which an order has come with each probability.

    BG/NBD gives no date itself: P(any purchase by t) is turned round, between horizons
    that lie closer together at the beginning. Each customer's curve is moved, in
    logits, to where it goes through what is said of 90 days, so that the two agree.

    Parameters
    ----------
    standing : Standing
        The customers, in the operational days of the choice's season.
    no_purchase : ndarray, shape (n,)
        P(no purchase) in the next `KNOWN_DAYS`, corrected.
    levels : tuple of float
        Probabilities, in (0, 1).

    Returns
    -------
    ndarray, shape (n, levels)
        NaN where an order is less likely than that within a year.
    """
    fit = choice.chances.fit
    assert fit is not None  # noqa: S101 - only usable candidates are chosen
    said = np.zeros(standing.rows.frequency.size)
    said[standing.positions] = 1 - no_purchase
    horizons = np.union1d(np.geomspace(1, _FARTHEST_DAYS + 1, _STEPS) - 1, KNOWN_DAYS)
    ahead = choice.season.length(as_of_day, horizons)
    known = int(np.searchsorted(horizons, KNOWN_DAYS))
    days = np.empty((said.size, len(levels)))
    for part, silent in silence_in_parts(standing, fit.parameters, ahead):
        scores = log_odds(1 - silent)
        buys = expit(scores + (log_odds(said[part]) - scores[:, known])[:, None])
        # Nothing comes in no time, wherever a curve was moved to.
        buys[:, 0] = 0.0
        np.maximum.accumulate(buys, axis=1, out=buys)
        for column, level in enumerate(levels):
            days[part, column] = _crossing(buys, horizons, level)
    return days[standing.positions]


def _crossing(buys: Floats, horizons: Floats, level: float) -> Floats:
    """Where each row first reaches the level, shape (n,); NaN where it never does."""
    reached = buys >= level
    after = np.maximum(reached.argmax(axis=1), 1)
    everyone = np.arange(len(buys))
    low, high = buys[everyone, after - 1], buys[everyone, after]
    share = (level - low) / np.maximum(high - low, 1e-12)
    start, end = horizons[after - 1], horizons[after]
    return np.where(reached.any(axis=1), start + share * (end - start), np.nan)
