"""The season that a company's models live in, if its own past proves one."""

from typing import Final

import numpy as np

from ml_assets.clv.choice import LARGEST_SAMPLE, fit_candidate, origin_at
from ml_assets.clv.errors import CustomerValueError
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.operational_time import EVEN, MONTHS, Season
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.season import Seasonality, seasonality, unseen_months
from ml_assets.clv.season_table import Table, counted

__all__ = ["SHORTEST_SEASON_DAYS", "season_of"]

# Twelve months, and the one of opening, in which everybody is new.
SHORTEST_SEASON_DAYS: Final = 395
_FEWEST_REPEATS: Final = 20
# What is foretold at earlier origins, with the season and without.
_HORIZON_DAYS: Final = 90
_SHORTEST_HORIZON_DAYS: Final = 30
_ORIGINS: Final = 4
_PLAIN: Final = "bg_nbd"


def season_of(log: PurchaseDays, as_of_day: int, penalizer: float = 0.0) -> Season:
    """The season to count time by; with `EVEN` everything is as if there were none.

    A season is taken from 13 months on, if the log is likelier with one than without,
    and if what it would have foretold at earlier origins, from what was known there,
    was nearer to what came. A younger company has an even index, and with it how
    little is known.

    Parameters
    ----------
    log : PurchaseDays
        Rows after `as_of_day` are not looked at.
    """
    past = log.up_to(as_of_day)
    found = _found(past, as_of_day)
    if found is None:
        return EVEN
    table, told = found
    if as_of_day - past.first_day < SHORTEST_SEASON_DAYS:
        return Season(np.ones(MONTHS), told.covariance + unseen_months(table))
    if told.log_odds <= 0 or not _foretells(past, as_of_day, penalizer):
        return EVEN
    return told.season


def _found(past: PurchaseDays, as_of_day: int) -> tuple[Table, Seasonality] | None:
    table = counted(past, as_of_day)
    if table.purchases.sum() < _FEWEST_REPEATS:
        return None
    return table, seasonality(table)


def _foretells(past: PurchaseDays, as_of_day: int, penalizer: float) -> bool:
    """Whether totals after earlier origins were nearer with the season known then.

    Where none is old enough to have known one, the odds have decided alone.
    """
    some = past.some(LARGEST_SAMPLE)
    first = some.first_day + SHORTEST_SEASON_DAYS
    last = as_of_day - _SHORTEST_HORIZON_DAYS
    if first > last:
        return True
    without: list[float] = []
    with_season: list[float] = []
    for day in np.linspace(first, last, _ORIGINS).astype(int).tolist():
        found = _found(some.up_to(day), day)
        if found is None or found[1].log_odds <= 0:
            continue
        horizon = min(_HORIZON_DAYS, as_of_day - day)
        even, seasonal = (
            _error(some, day, horizon, season, penalizer)
            for season in (EVEN, found[1].season)
        )
        if even is not None and seasonal is not None:
            without.append(even)
            with_season.append(seasonal)
    gain = np.square(without).sum() - np.square(with_season).sum()
    return bool(gain >= 0)


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
