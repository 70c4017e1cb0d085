"""A log as it was at earlier dates, and what models said there of the days after."""

from typing import NamedTuple

import numpy as np

from ml_assets.clv.candidates import fit_candidate
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.histories import MINIMUM_REPEAT_CUSTOMERS, Floats
from ml_assets.clv.horizons import PurchaseFit, Standing
from ml_assets.clv.purchases import Later, PurchaseDays, Seen
from ml_assets.clv.seasons.operational_time import EVEN, Season

__all__ = [
    "FRACTIONS",
    "InnerOrigin",
    "Trial",
    "expected",
    "inner_origins",
    "origin_at",
    "trial_of",
]

# Shares of a history after which the days that follow are looked at.
FRACTIONS = (0.5, 0.6, 2 / 3, 0.75)
_FEWEST_LATER_PURCHASES = 20


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


def inner_origins(
    log: PurchaseDays, as_of_day: int, season: Season = EVEN
) -> list[InnerOrigin]:
    """Earlier days with enough before and after them to learn from."""
    span = as_of_day - log.first_day
    origins = []
    for fraction in FRACTIONS:
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
