"""What a reader must know before the numbers: short seasons, huge days, twins."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.baseline import SEASON_DAYS, TENTATIVE_SEASON_DAYS
from ml_assets.mmm.series import Series
from ml_assets.sentences import Sentence

__all__ = ["cautions", "unit_break"]

_HUGE: Final = 20.0
_BLOCK_DAYS: Final = 91
_BREAK: Final = 8.0


def cautions(series: Series) -> Iterator[str]:
    """Sentences about the table that was fitted to."""
    n = series.fitted
    days = n * series.period_days
    if days < TENTATIVE_SEASON_DAYS:
        yield (
            f"{days} days of history: no season is fitted below "
            f"{TENTATIVE_SEASON_DAYS}, because one year holds one Christmas. Name "
            "holidays and promotions as controls."
        )
    elif days < SEASON_DAYS:
        yield (
            f"{days} days of history: the season is a guess below {SEASON_DAYS}, "
            "because most of the year was seen once."
        )
    below = np.flatnonzero(series.outcome[:n] < 0)
    if below.size:
        yield (
            f"{below.size} periods have an outcome below 0, the first is "
            f"{series.dates[below[0]]}: more was refunded than sold. They are kept as "
            "they are."
        )
    columns = {
        "the outcome": series.outcome[:n],
        **dict(zip(series.channels, series.spend[:n].T, strict=True)),
    }
    for name, values in columns.items():
        row = int(values.argmax())
        usual = float(np.median(values[values > 0]))
        if values[row] > _HUGE * usual:
            yield (
                f"{name} of {series.dates[row]} is {values[row] / usual:,.0f} times "
                "the usual: is it a mistake, or an event to name as a control?"
            )
    for name, status in series.status.items():
        if status != "fitted":
            yield f"{name} has no estimate: it is {status.replace('_', ' ')}."


def unit_break(series: Series) -> Sentence | None:
    """Where the outcome changes as only a change of currency or unit would."""
    block = _BLOCK_DAYS // series.period_days
    medians = _medians(series.outcome[: series.fitted], block)
    for number, (before, after) in enumerate(pairwise(medians)):
        if min(before, after) > 0 and max(before, after) > _BREAK * min(before, after):
            date = series.dates[(number + 1) * block]
            return Sentence(
                "mix_converged.unit",
                "around {date} the outcome changes by a factor of {factor:,.0f}: did "
                "its currency or unit change? Convert it, and fit again.",
                date=date.item(),
                factor=max(before, after) / min(before, after),
            )
    return None


def _medians(values: Floats, block: int) -> Floats:
    """Of consecutive blocks."""
    whole = values[: values.size // block * block]
    return np.asarray(np.median(whole.reshape(-1, block), axis=1))
