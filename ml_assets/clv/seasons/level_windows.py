"""What models fitted earlier were off by in the days after: the windows of `levels`."""

import numpy as np

from ml_assets.clv.candidates import SHORTEST_MODEL_HISTORY_DAYS
from ml_assets.clv.choice import Choice
from ml_assets.clv.inner_origins import InnerOrigin, Trial, origin_at, trial_of
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.seasons.levels import Window
from ml_assets.clv.seasons.trend import chance_of, is_known

__all__ = ["window_of", "windows_behind"]

_MONTH, _YEAR_MONTHS, _A_YEAR = 30, 12, 365
# Months in which hardly anybody bought are taken two or three together.
_TOGETHER = (1, 2, 3)
# So many customers tell how a company moves.
_LARGEST_SAMPLE = 5_000


def windows_behind(past: PurchaseDays, as_of_day: int, choice: Choice) -> list[Window]:
    """The last year by months of 30 days, the last one first.

    None where the model of the orders could not be fitted before, or hardly.

    Parameters
    ----------
    past : PurchaseDays
        Up to `as_of_day`.
    """
    log = past.some(_LARGEST_SAMPLE)
    for months in _TOGETHER:
        found = [
            one
            for back in range(months, _YEAR_MONTHS + 1, months)
            if (one := _window_at(log, as_of_day, choice, back, months))
        ]
        if found:
            return found
    return []


def window_of(origin: InnerOrigin, trial: Trial, as_of_day: int, days: int) -> Window:
    """What came in the `days` after an origin, beside what was expected of them."""
    start = origin.day - as_of_day
    came = float(origin.later.purchases.sum())
    return Window(
        start=start,
        end=min(start + min(days, _A_YEAR), 0),
        log_ratio=float(np.log(came / trial.orders.sum())),
        chance=chance_of(origin, trial),
    )


def _window_at(
    log: PurchaseDays, as_of_day: int, choice: Choice, back: int, months: int
) -> Window | None:
    """One of so many months, that many months back."""
    day, days = as_of_day - back * _MONTH, months * _MONTH
    if day - log.first_day < SHORTEST_MODEL_HISTORY_DAYS:
        return None
    origin = origin_at(log, day, days, choice.season)
    if origin is None:
        return None
    trials = trial_of(choice.orders.name, [origin], choice.penalizer, choice.orders.fit)
    if not trials or not is_known(trials[0].fit):
        return None
    return window_of(origin, trials[0], as_of_day, days)
