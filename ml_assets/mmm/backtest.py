"""How well the past was predicted: fit, hold back, compare, from several origins.

What the model is measured against needs no model: the mean of the 13 weeks before, and
the same weeks a year ago.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.errors import TooShortHistory
from ml_assets.mmm.fitting import fit
from ml_assets.mmm.media_mix import MediaMix

__all__ = ["Backtest", "Origin", "backtest"]

_WINDOW_DAYS: Final = 91
_YEAR_DAYS: Final = 364


@dataclass(frozen=True)
class Origin:
    """One holdout: the periods after `origin`.

    `lower` and `upper` are the 90 % interval of `predicted`, their total. Errors are
    shares: `mape` the mean absolute error of a period, `bias` that of the total,
    `coverage` how many periods were inside their 90 % interval. `naive_mean_mape` is
    that of the mean of the 13 weeks before, `naive_year_mape` of the same weeks a year
    before, None without a year. `sentence` says it in words.
    """

    origin: pd.Timestamp
    periods: int
    predicted: float
    lower: float
    upper: float
    actual: float
    mape: float
    bias: float
    coverage: float
    naive_mean_mape: float
    naive_year_mape: float | None
    sentence: str


@dataclass(frozen=True, eq=False)
class Backtest:
    """Rolling origins, latest first, and their means.

    `forecasts` has a row per origin and period: `origin`, `date`, `expected`,
    `expected_lower`, `expected_upper`, `actual`, `naive_mean`, `naive_year`.
    """

    origins: tuple[Origin, ...]
    forecasts: pd.DataFrame
    outcome_unit: str

    @property
    def mape(self) -> float:
        """Mean over the origins."""
        return float(np.mean([origin.mape for origin in self.origins]))

    @property
    def bias(self) -> float:
        """Mean over the origins."""
        return float(np.mean([origin.bias for origin in self.origins]))

    @property
    def coverage(self) -> float:
        """Mean over the origins."""
        return float(np.mean([origin.coverage for origin in self.origins]))

    @property
    def naive_mape(self) -> float:
        """Of the better of the two naive forecasts."""
        means = np.mean([origin.naive_mean_mape for origin in self.origins])
        years = [origin.naive_year_mape for origin in self.origins]
        known = [value for value in years if value is not None]
        complete = len(known) == len(years)
        return float(min(means, np.mean(known)) if complete else means)

    @property
    def sentence(self) -> str:
        """Of the latest origin."""
        return self.origins[0].sentence


def backtest(  # noqa: PLR0913  (which column is what, then how)
    frame: pd.DataFrame,
    *,
    outcome: str,
    channels: Sequence[str],
    holdout_days: int = 91,
    origins: int = 3,
    date: str = "date",
    **settings: Any,
) -> Backtest:
    """Fit to what was known at each origin, predict what came, with what was spent.

    Parameters
    ----------
    holdout_days : int
        Length of each holdout. The latest origin lies this many days before the last
        row, the next as many before it, and so on.
    origins : int
        How many at most; those with less than a year before them are left out.
    settings
        Of `fit`: controls, outcome_unit, saturation, draws, seed.

    Raises
    ------
    TooShortHistory
        When not even one origin has a year before it.
    """
    done, tables = [], []
    days = pd.to_datetime(frame[date])
    for number in range(1, origins + 1):
        end = days.iloc[-1] - pd.Timedelta(days=holdout_days * (number - 1))
        until = end - pd.Timedelta(days=holdout_days)
        try:
            model = fit(
                frame[days <= end],
                outcome=outcome,
                channels=channels,
                date=date,
                fitted_until=until.date(),
                **settings,
            )
        except TooShortHistory:
            if number == 1:
                raise
            break
        table = _compared(model)
        done.append(_origin(model, table))
        tables.append(table)
    return Backtest(
        tuple(done), pd.concat(tables, ignore_index=True), model.outcome_unit
    )


def _compared(model: MediaMix) -> pd.DataFrame:
    """The forecasts of one origin beside what came and the naive ones."""
    series = model.series
    before, step = series.outcome[: series.fitted], series.period_days
    table = model.held_back()
    window, year = _WINDOW_DAYS // step, _YEAR_DAYS // step
    same = np.arange(series.fitted, series.fitted + len(table)) - year
    known = (same >= 0) & (same < series.fitted)
    return table.assign(
        origin=pd.Timestamp(series.dates[series.fitted - 1]),
        naive_mean=before[-window:].mean(),
        naive_year=np.where(known, before[np.where(known, same, 0)], np.nan),
    )


def _origin(model: MediaMix, table: pd.DataFrame) -> Origin:
    actual = table["actual"].to_numpy()
    inside = table["actual"].between(table["expected_lower"], table["expected_upper"])
    predicted, sold = float(table["expected"].sum()), float(actual.sum())
    year = table["naive_year"].to_numpy()
    last = pd.Timestamp(model.series.dates[model.series.fitted - 1])
    bias = predicted / sold - 1 if sold else float("nan")
    lower, upper = model.held_back_total()
    return Origin(
        origin=last,
        periods=len(table),
        predicted=predicted,
        lower=lower,
        upper=upper,
        actual=sold,
        mape=_mape(table["expected"].to_numpy(), actual),
        bias=bias,
        coverage=float(inside.mean()),
        naive_mean_mape=_mape(table["naive_mean"].to_numpy(), actual),
        naive_year_mape=None if np.isnan(year).any() else _mape(year, actual),
        sentence=(
            f"From {last:%Y-%m-%d} on {len(table)} periods: predicted "
            f"{_short(predicted)}, sold {_short(sold)}, error {abs(bias):.0%}"
        ),
    )


def _mape(expected: Floats, actual: Floats) -> float:
    """Over periods in which something was sold."""
    sold = actual > 0
    if not sold.any():
        return float("nan")
    return float(np.abs(expected[sold] / actual[sold] - 1).mean())


def _short(amount: float) -> str:
    """50,123 as 50k."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{amount / size:.3g}{letter}"
    return f"{amount:.3g}"
