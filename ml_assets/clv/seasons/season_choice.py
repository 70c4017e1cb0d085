"""The season that a company's models live in, if its own past proves one."""

from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np
from scipy.special import expit

from ml_assets.clv.candidates import fit_candidate
from ml_assets.clv.choice import LARGEST_SAMPLE
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.histories import Floats
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.inner_origins import origin_at
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.seasons.operational_time import (
    EVEN,
    MONTHS,
    Level,
    Season,
    log_sd,
)
from ml_assets.clv.seasons.season import Seasonality, seasonality, unseen_months
from ml_assets.clv.seasons.season_table import counted

__all__ = [
    "SHORTEST_SEASON_DAYS",
    "SHORTEST_TREND_DAYS",
    "Kind",
    "season_of",
    "unknown_season_sd",
]

# With a season, with a trend.
Kind: TypeAlias = tuple[bool, bool]
_NEITHER: Final[Kind] = (False, False)

# Twelve months, and the one of opening, in which everybody is new.
SHORTEST_SEASON_DAYS: Final = 395
# Until months come round again a trend is not to be told from a season: of eight shops
# with one, two had odds of 12 to 1 for a trend at 400 days, none above 1.3 at 460.
SHORTEST_TREND_DAYS: Final = 456
# A trend goes on ahead, a season comes back, and both cost more where there is none:
# odds of e to 1 are the least that Kass & Raftery (1995) call positive. Of 25 shops
# that decline, six are likelier with a season than without after 400 days.
_POSITIVE: Final = 1.0
_FEWEST_REPEATS: Final = 20
# What is foretold at earlier origins, with the season and without.
_HORIZON_DAYS: Final = 90
_SHORTEST_HORIZON_DAYS: Final = 30
_ORIGINS: Final = 4
_PLAIN: Final = "bg_nbd"


def season_of(log: PurchaseDays, as_of_day: int, penalizer: float = 0.0) -> Season:
    """The season and trend to count time by; if even, all is as if there were none.

    A season is taken from 13 months on, a trend from 15, if the log is plainly likelier
    with one than without, and if what it would have foretold at earlier origins, from
    what was known there, was nearest to what came. A company too
    young for a season has an even index, and with it how little is known; of an older
    one a trend that is not counted by stays `unproven`.

    Parameters
    ----------
    log : PurchaseDays
        Rows after `as_of_day` are not looked at.
    """
    past = log.up_to(as_of_day)
    table = counted(past, as_of_day)
    if table.purchases.sum() < _FEWEST_REPEATS:
        return EVEN
    told = seasonality(table)
    age = as_of_day - past.first_day
    if age < SHORTEST_SEASON_DAYS:
        return Season(np.ones(MONTHS), _open(told, unseen_months(table)))
    chosen = _foretelling(past, as_of_day, penalizer, _possible(told, age))
    found = EVEN if chosen == _NEITHER else told.beliefs[chosen]
    if found.level is None:
        found = replace(found, unproven=_unproven(told, has_season=chosen[0]))
    if found.has_season:
        return found
    return replace(found, chance=_chance(told, age))


def unknown_season_sd(log: PurchaseDays, day: int, days: int) -> float:
    """How far off (ln) orders may be for a season that nobody knew of on a day.

    0 from 13 months on. It is part of what was said there of the `days` after it.
    """
    age = day - log.first_day if log.day.size else -1
    if not 0 <= age < SHORTEST_SEASON_DAYS:
        return 0.0
    past = log.up_to(day)
    return log_sd(season_of(past, day), past.day, day, days)


def _chance(told: Seasonality, age: int) -> float:
    """Of a season, at even odds before anything was seen."""
    may_trend = age >= SHORTEST_TREND_DAYS
    return float(expit(told.season_log_odds(may_trend=may_trend)))


def _unproven(told: Seasonality, *, has_season: bool) -> tuple[Level, float] | None:
    """The trend that there may be all the same, and its chance at even odds before."""
    level = told.beliefs[has_season, True].level
    if level is None:
        return None
    odds = told.evidence[has_season, True] - told.evidence[has_season, False]
    return level, float(expit(odds))


def _open(told: Seasonality, unseen: Floats) -> Floats:
    """Mean square, (12, 12), of ln(index) where a season may be and none is counted by.

    Where the odds are for one it is taken that there is. What it may be like is open
    around none, which is what is counted by, not around the season itself.

    Parameters
    ----------
    unseen : ndarray, shape (12, 12)
        Of the months in which nobody was seen yet.
    """
    odds, season = told.season_log_odds(may_trend=False), told.beliefs[True, False]
    share = 1.0 if odds > 0 else float(expit(odds))
    mean = np.log(season.index)
    return np.asarray(share * (season.covariance + np.outer(mean, mean) + unseen))


def _possible(told: Seasonality, age: int) -> list[Kind]:
    """What the odds are for at an age in days: what has most first, neither last."""
    may_trend = age >= SHORTEST_TREND_DAYS
    odds = told.season_log_odds(may_trend=may_trend)
    seasons = (age >= SHORTEST_SEASON_DAYS and odds > _POSITIVE, False)
    trends = (may_trend and told.trend_log_odds > _POSITIVE, False)
    return list(
        dict.fromkeys((season, trend) for season in seasons for trend in trends)
    )


def _foretelling(
    past: PurchaseDays, as_of_day: int, penalizer: float, kinds: list[Kind]
) -> Kind:
    """The kind whose totals after earlier origins, as known there, were nearest.

    At least half of the history was known there: what a season seen once was off by
    says nothing of one seen ten times. Where no origin is old enough to have known one,
    the odds have decided alone.
    """
    some = past.some(LARGEST_SAMPLE)
    has_season = any(season for season, _ in kinds)
    youngest = SHORTEST_SEASON_DAYS if has_season else SHORTEST_TREND_DAYS
    known = max(youngest, (as_of_day - some.first_day) // 2)
    first, last = some.first_day + known, as_of_day - _SHORTEST_HORIZON_DAYS
    if len(kinds) == 1 or first > last:
        return kinds[0]
    errors: dict[Kind, list[float]] = {kind: [] for kind in kinds}
    for day in np.linspace(first, last, _ORIGINS).astype(int).tolist():
        horizon = min(_HORIZON_DAYS, as_of_day - day)
        found = _errors_at(some, day, horizon, penalizer, kinds)
        for kind, error in found.items():
            errors[kind].append(error)
    return min(kinds, key=lambda kind: float(np.square(errors[kind]).sum()))


def _errors_at(
    log: PurchaseDays, day: int, horizon: int, penalizer: float, kinds: list[Kind]
) -> dict[Kind, float]:
    """Of each kind what it would have been off by; nothing where one cannot be told."""
    past = log.up_to(day)
    table = counted(past, day)
    if table.purchases.sum() < _FEWEST_REPEATS:
        return {}
    told = seasonality(table)
    believed = _possible(told, day - past.first_day)
    known = {_both(kind, believed[0]) for kind in kinds}
    if known == {_NEITHER}:
        return {}
    seasons = {kind: told.beliefs[kind] if any(kind) else EVEN for kind in known}
    said = {
        kind: _error(log, day, horizon, season, penalizer)
        for kind, season in seasons.items()
    }
    found = {kind: said[_both(kind, believed[0])] for kind in kinds}
    errors = {kind: error for kind, error in found.items() if error is not None}
    return errors if len(errors) == len(found) else {}


def _both(one: Kind, other: Kind) -> Kind:
    return one[0] and other[0], one[1] and other[1]


def _error(
    log: PurchaseDays, day: int, horizon: int, season: Season, penalizer: float
) -> float | None:
    """ln(expected / actual) orders after a day; None where nothing can be said."""
    origin = origin_at(log, day, horizon, season)
    if origin is None:
        return None
    try:
        fit = fit_candidate(_PLAIN, origin.seen, penalizer)
    except CustomerValueError:
        return None
    ahead = np.array([origin.horizon_days])
    said = forecast_horizons(fit.parameters, ahead, origin.seen.histories).mean.sum()
    return float(np.log(said / origin.later.purchases.sum()))
