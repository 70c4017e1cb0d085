"""What the time of the year brings a company, learned from its other years.

The days of three years are logarithms of what each weekday brings, explained by a level
that moves slowly, a smooth year, weeks and months, the days around Black Friday, Easter
and Christmas, and days of the month. How much each of these varies at this company is
estimated with them (evidence, MacKay 1992): a shop without Black Friday gets none. Days
depend on each other as an autoregression of first order, and what happened once is kept
within three deviations. Every year is told by the others: what is judged has not taught
what is usual, and the past varies about it as today does. Only where the others do not
know a time of the year is some of its own left in what is told of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from dateutil.easter import easter  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ml_assets.measurement.usual_changes import LIMIT, MAD

__all__ = ["YEAR_DAYS", "year_factors"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Of years, so that weekdays meet.
YEAR_DAYS: Final = 364
_HELD_OUT = 28
_KNOT_DAYS = 56
_HARMONICS = 4
_ROUNDS = 10
_FOLD_ROUNDS = 3
_MOST_LASTING = 0.8
# Deviations of the logarithm: where the search begins, and its ends.
_FIRST, _LEAST, _MOST = 0.05, 1e-4, 1.0
# Blocks of columns: level, growth and knots are no season.
_SEASON = 3


@dataclass(frozen=True)
class _Design:
    """Columns of each day, whose block each is, and the year of a day, 0 the last.

    ``products`` holds of each year the columns' products with themselves, with those of
    the day before, and without the first and last day.
    """

    columns: Floats
    block: Ints
    year: Ints
    products: tuple[tuple[Floats, Floats, Floats], ...]


@dataclass(frozen=True)
class _Told:
    logs: Floats
    seen: Mask

    def rest(self, fitted: Floats) -> Floats:
        """What is left of each day, within three deviations; 0 where it is unknown."""
        rest = np.where(self.seen, self.logs - fitted, 0.0)
        limit = LIMIT * MAD * float(np.median(np.abs(rest[self.seen])))
        return np.clip(rest, -limit, limit)


@dataclass(frozen=True)
class _Fit:
    weights: Floats
    variances: Floats
    noise: float
    lasting: float


def year_factors(
    values: Floats, usual: Floats, known: Mask, unit: float, last: date
) -> Floats | None:
    """How many times the usual each day brings by its place in the year.

    Parameters
    ----------
    values, usual, known
        Shape (n,), the last of ``last``: total of each day, what its weekday (and what
        it was given, such as visits) brings in any unit, and whether it is known. The
        last four weeks teach nothing.
    unit
        The amount of one order.

    Returns
    -------
    array or None
        Shape (n,), about 1; None with less than two years.
    """
    if len(values) < 2 * YEAR_DAYS:
        return None
    seen = known & (usual > 0)
    seen[-_HELD_OUT:] = False
    if seen.sum() < YEAR_DAYS or values[seen].sum() <= 0:
        return None
    design = _design(last, len(values))
    mean = usual * values[seen].sum() / usual[seen].sum()
    # One order more, or a day without any would be infinitely far off.
    logs = np.log((values + unit) / (mean + unit))
    fit = _fit(design, _Told(logs, seen))
    season = design.block >= _SEASON
    factors = np.zeros(len(values))
    for year in range(len(design.products)):
        taught = _Told(logs, seen & (design.year != year))
        others = [each for n, each in enumerate(design.products) if n != year]
        gram = _whitened(others, fit.lasting)
        weights = fit.weights
        for _ in range(_FOLD_ROUNDS):
            left, right = _step(design, gram, taught, fit, weights)
            weights = np.asarray(np.linalg.solve(left, right), np.float64)
        of_year = design.year == year
        factors[of_year] = design.columns[of_year][:, season] @ weights[season]
    return np.asarray(np.exp(factors))


def _fit(design: _Design, told: _Told) -> _Fit:
    """Weights with how much each block varies, by MacKay's steps."""
    blocks = int(design.block.max()) + 1
    variances = np.full(blocks, _FIRST**2)
    variances[:2] = _MOST**2
    weights = np.zeros(len(design.block))
    seen = told.logs[told.seen]
    weights[0] = np.median(seen)
    noise = max(MAD * float(np.median(np.abs(seen - weights[0]))), _LEAST) ** 2
    fit = _Fit(weights, variances, noise, 0.0)
    for _ in range(_ROUNDS):
        gram = _whitened(design.products, fit.lasting)
        left, right = _step(design, gram, told, fit, fit.weights)
        inverse = np.linalg.inv(left)
        weights = inverse @ right
        rest = told.rest(design.columns @ weights)
        power = float((rest**2).sum())
        lasting = float((rest[1:] * rest[:-1]).sum()) / power if power > 0 else 0.0
        lasting = float(np.clip(lasting, 0.0, _MOST_LASTING))
        # How much of each weight the days tell, beside what was supposed.
        own_share = 1 - fit.noise * np.diag(inverse) / fit.variances[design.block]
        determined = np.bincount(design.block, own_share, blocks)
        squares = np.bincount(design.block, weights**2, blocks)
        variances = np.asarray(squares / np.maximum(determined, _LEAST**2))
        variances = np.clip(variances, _LEAST**2, _MOST**2)
        variances[:2] = _MOST**2
        free = max(float(len(seen) - determined.sum()), 1.0)
        own = rest[1:] - lasting * rest[:-1]
        noise = max(float((own**2).sum()) / free, _LEAST**2)
        fit = _Fit(weights, variances, noise, lasting)
    return fit


def _step(
    design: _Design,
    gram: Floats,
    told: _Told,
    fit: _Fit,
    weights: Floats,
) -> tuple[Floats, Floats]:
    """One step from ``weights``: the equations whose solution it is.

    What is unknown or too far off counts as what was fitted, and the columns' products
    need not be made anew (Huber's modified residuals).
    """
    rest = told.rest(design.columns @ weights)
    own = rest.copy()
    own[1:] -= fit.lasting * rest[:-1]
    slope = design.columns.T @ own - fit.lasting * (design.columns[:-1].T @ own[1:])
    left = gram + np.diag(fit.noise / fit.variances[design.block])
    return left, slope + gram @ weights


def _whitened(
    products: Sequence[tuple[Floats, Floats, Floats]], lasting: float
) -> Floats:
    same, before, inner = (np.sum(each, axis=0) for each in zip(*products, strict=True))
    whitened: Floats = same + lasting**2 * inner - lasting * (before + before.T)
    return whitened


@cache
def _place(day: date) -> tuple[int, ...]:
    """Week and month of the year, day of the month, days from the feasts."""
    return (
        day.timetuple().tm_yday,
        day.month - 1,
        day.day - 1,
        (day - _black_friday(day.year)).days,
        (day - easter(day.year)).days,
        min(((day - date(day.year - n, 12, 25)).days for n in (0, 1)), key=abs),
    )


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


@lru_cache(maxsize=8)
def _design(last: date, days: int) -> _Design:
    dates = [last - timedelta(days=days - 1 - n) for n in range(days)]
    places = np.array([_place(each) for each in dates])
    of_year, month, of_month, friday, feast, christmas = places.T
    each = np.arange(days)
    harmonics = np.arange(1, _HARMONICS + 1)
    turns = 2 * np.pi * np.outer(of_year, harmonics) / 365.25
    at = each / _KNOT_DAYS
    knots = np.arange(int(at[-1]) + 2)
    blocks = [
        np.ones((days, 1)),
        (each / YEAR_DAYS - days / YEAR_DAYS / 2)[:, None],
        np.maximum(0, 1 - np.abs(at[:, None] - knots)),
        np.hstack([np.cos(turns) / harmonics, np.sin(turns) / harmonics]),
        _marks((of_year - 1) // 7, 0, 52),
        _marks(month, 0, 11),
        _marks(friday, -7, 7),
        _marks(feast, -6, 1),
        _marks(christmas, -14, 13),
        _marks(of_month, 0, 30),
    ]
    block = np.concatenate([[n] * one.shape[1] for n, one in enumerate(blocks)])
    columns = np.hstack(blocks)
    year = (days - 1 - each) // YEAR_DAYS
    ends = [*(np.flatnonzero(np.diff(year)) + 1), days]
    products = [_products(columns[start:end]) for start, end in pairwise([0, *ends])]
    return _Design(columns, block, year, tuple(reversed(products)))


def _products(columns: Floats) -> tuple[Floats, Floats, Floats]:
    inner = columns[1:-1]
    return columns.T @ columns, columns[1:].T @ columns[:-1], inner.T @ inner


def _marks(place: Ints, first: int, last: int) -> Floats:
    """A column for each place from first to last."""
    return np.asarray(place[:, None] == np.arange(first, last + 1), np.float64)
