"""Whether spend is set by sales: then what it brings cannot be told from what sets it.

A company that spends a share of what it sold has sales and spend that move together
though nothing was sold by it. Advertising betrays itself in another way: it sells the
same week or later, never before, and a channel that is doubled does not double sales.
Two things are therefore looked for, in logarithms.

- *Before*: spend that answers to the sales of the periods before it, beyond its own
  past, with an elasticity around 1 (Granger 1969, doi:10.2307/1912791). Days must say
  so in either half of the history: budgets last for weeks, so that a history of days
  holds far fewer decisions than days, and standard errors take each day for one.
- *At once*: spend that is a near-constant share of the sales of the same period. The
  elasticity of sales to spend is then far above what a channel can have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.series import Series

__all__ = ["Policy", "spend_policies"]

# Days of sales that a budget may look back on.
_LOOKS_BACK: Final = (7, 14, 28, 56, 91)
_OWN_LAGS: Final = 2
_FEWEST: Final = 30
_YEAR: Final = 365.25
_HARMONICS: Final = 3
_SEASON_DAYS: Final = 546
_SURE: Final = 3.0
# In each half of a history of days.
_AGAIN: Final = 1.0
_ELASTICITY: Final = (0.4, 2.0)
_SHARE_FIT: Final = 0.8
_STEEPEST: Final = 0.2


@dataclass(frozen=True)
class Policy:
    """Spend of `channel` is about `share` of the sales of `days` days.

    `is_before`: of the days before, else of the period itself. `elasticity` of spend to
    those sales, `strength` its distance from 0 in standard errors.
    """

    channel: str
    share: float
    days: int
    is_before: bool
    elasticity: float
    strength: float


def spend_policies(series: Series) -> list[Policy]:
    """The surest policy of each channel that has one."""
    found = []
    for position, name in enumerate(series.channels):
        spend = series.spend[: series.fitted, position]
        policies = [*_before(series, name, spend), *_at_once(series, name, spend)]
        if policies:
            found.append(max(policies, key=lambda one: one.strength))
    return found


def _before(series: Series, name: str, spend: Floats) -> Iterator[Policy]:
    sales = series.outcome[: series.fitted]
    for days in _LOOKS_BACK:
        periods = days // series.period_days
        if not periods:
            continue
        seen = _mean_before(sales, periods)
        own = [np.roll(spend, lag) for lag in range(1, _OWN_LAGS + 1)]
        rows = (spend > 0) & (seen > 0) & np.all([one > 0 for one in own], axis=0)
        rows[: max(periods, _OWN_LAGS)] = False
        if rows.sum() < _FEWEST:
            continue
        rest = np.column_stack([_calendar(series), *map(_log, own)])
        table = _log(spend)[rows], _log(seen)[rows], rest[rows]
        slope, error = _slope(*table)
        is_sure = slope > _SURE * error and _ELASTICITY[0] < slope < _ELASTICITY[1]
        if is_sure and (series.period_days > 1 or _is_said_twice(*table)):
            share = float(spend[rows].sum() / seen[rows].sum())
            yield Policy(name, share, days, True, slope, slope / error)


def _is_said_twice(y: Floats, x: Floats, rest: Floats) -> bool:
    """Whether y follows x beside `rest` in the first and in the second half of rows."""
    half = y.size // 2
    slopes = [
        _slope(y[rows], x[rows], rest[rows])
        for rows in (slice(None, half), slice(half, None))
    ]
    return all(slope > _AGAIN * error for slope, error in slopes)


def _at_once(series: Series, name: str, spend: Floats) -> Iterator[Policy]:
    sales = series.outcome[: series.fitted]
    rows = (spend > 0) & (sales > 0)
    if rows.sum() < _FEWEST:
        return
    x, y = _log(spend)[rows], _log(sales)[rows]
    ones, calendar = np.ones((rows.sum(), 1)), _calendar(series)[rows]
    elasticity, error = _slope(x, y, ones)
    fit = float(np.corrcoef(x, y)[0, 1]) ** 2 if x.std() and y.std() else 0.0
    steep, steep_error = _slope(y, x, calendar)
    is_steep = steep - 2 * steep_error > _STEEPEST
    # A real channel as strong as that would move sales far more than they move it.
    is_one = all(
        _ELASTICITY[0] < slope < _ELASTICITY[1]
        for slope in (elasticity, _slope(x, y, calendar)[0])
    )
    if is_one and (fit > _SHARE_FIT or is_steep):
        share = float(spend[rows].sum() / sales[rows].sum())
        days = series.period_days
        yield Policy(name, share, days, False, elasticity, elasticity / error)


def _mean_before(values: Floats, periods: int) -> Floats:
    """Mean of the periods before each; the first ones wrap around and are not used."""
    return np.asarray(
        np.mean([np.roll(values, k) for k in range(1, periods + 1)], axis=0)
    )


def _calendar(series: Series) -> Floats:
    """Level, trend, season and weekday: what plan and sales may share, (n, k)."""
    dates = series.dates[: series.fitted]
    days = (dates - dates[0]).astype(np.float64)
    columns = [np.ones_like(days), days / max(days[-1], 1.0)]
    if days[-1] >= _SEASON_DAYS:
        for harmonic in range(1, _HARMONICS + 1):
            angle = 2 * np.pi * harmonic * days / _YEAR
            columns += [np.sin(angle), np.cos(angle)]
    if series.period_days == 1:
        weekday = dates.astype(np.int64) % 7
        columns += [(weekday == day).astype(np.float64) for day in range(6)]
    return np.column_stack(columns)


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, 1e-300)))


def _slope(y: Floats, x: Floats, rest: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Of y on x beside `rest`, and its error; 0 and 1 where x does not move."""
    left_x = x - rest @ np.linalg.lstsq(rest, x, rcond=None)[0]
    left_y = y - rest @ np.linalg.lstsq(rest, y, rcond=None)[0]
    moved = float(left_x @ left_x)
    if moved < 1e-12:
        return 0.0, 1.0
    slope = float(left_x @ left_y) / moved
    left = left_y - slope * left_x
    free = max(y.size - rest.shape[1] - 1, 1)
    return slope, float(np.sqrt(max(float(left @ left) / free, 1e-12) / moved))
