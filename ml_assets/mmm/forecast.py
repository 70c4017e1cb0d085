"""What comes next: the periods after the fitted ones, with planned spend."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.baseline import KNOT_DAYS, baseline
from ml_assets.mmm.errors import InvalidSeries
from ml_assets.mmm.fitted_mix import COVERAGE, FittedMix
from ml_assets.mmm.series import Future, read_future

__all__ = ["fitted_values", "forecast", "held_back", "held_back_total"]

_ENDS: Final = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)


def forecast(mix: FittedMix, frame: pd.DataFrame) -> pd.DataFrame:
    """Outcome of periods that follow the fitted ones, with what is planned for them.

    What was spent before is still remembered, as is what the last period left. The
    level is expected to stay where it was; how far it may move widens the intervals.

    Returns
    -------
    DataFrame
        `date`, `expected`, `expected_lower`, `expected_upper` (90 %, a new period's
        noise included).

    Raises
    ------
    InvalidSeries
        When rows do not follow the last fitted one, or a column is missing.
    """
    future = read_future(frame, mix.series)
    return _intervals(mix, future.dates, *_drawn(mix, future))


def held_back(mix: FittedMix) -> pd.DataFrame:
    """`forecast` of the rows after `fitted_until`, with what they brought: `actual`."""
    future = _held_back(mix)
    actual = mix.series.outcome[mix.series.fitted :]
    return _intervals(mix, future.dates, *_drawn(mix, future)).assign(actual=actual)


def held_back_total(mix: FittedMix) -> tuple[float, float]:
    """The 90 % interval of what the rows after `fitted_until` bring in all.

    Of the sum of each draw: periods that follow each other err together.
    """
    draws, noise = _drawn(mix, _held_back(mix))
    lower, upper = mix.scale * np.quantile((draws + noise).sum(axis=1), _ENDS)
    return float(lower), float(upper)


def _held_back(mix: FittedMix) -> Future:
    series, fitted = mix.series, mix.series.fitted
    if fitted == series.dates.size:
        raise InvalidSeries("no row was held back: give fitted_until to the fit")
    return Future(
        series.dates[fitted:],
        series.spend[fitted:],
        {name: values[fitted:] for name, values in series.controls.items()},
    )


def fitted_values(mix: FittedMix) -> pd.DataFrame:
    """`forecast`'s columns and `actual` for the periods that were fitted to."""
    n = mix.series.fitted
    columns = mix.posterior.baseline.columns[:n]
    draws = mix.media.sum(axis=1) + mix.draws.coefficients @ columns.T
    lasting = np.sqrt(1 - mix.draws.follows[:, None] ** 2)
    table = _intervals(mix, mix.series.dates[:n], draws, _new_noise(mix, n) / lasting)
    return table.assign(actual=mix.series.outcome[:n])


def _drawn(mix: FittedMix, future: Future) -> tuple[Floats, Floats]:
    """What periods bring and the noise beside it, both (draws, periods), scaled."""
    series, fitted = mix.series, mix.series.fitted
    dates = np.concatenate([series.dates[:fitted], future.dates])
    controls = {
        name: np.concatenate([values[:fitted], future.controls[name]])
        for name, values in series.controls.items()
    }
    columns = baseline(dates, controls, fitted).columns[fitted:]
    spend = np.concatenate([series.spend[:fitted], future.spend]) / series.typical
    media = mix.posterior.media(mix.draws.points, spend)[..., fitted:]
    draws = media.sum(axis=1) + mix.draws.coefficients @ columns.T
    periods = len(future.dates)
    draws += _wandering(mix, periods) + _carried(mix, periods)
    return draws, _noise(mix, periods)


def _wandering(mix: FittedMix, periods: int) -> Floats:
    """How far the level may move on after the last fitted period, (draws, periods).

    By independent steps whose spread over a quarter is that of the level's.
    """
    scales = mix.posterior.scales(mix.draws.points)
    quarter = scales[:, mix.posterior.baseline.names.index("level")] * mix.draws.noise
    step = quarter * np.sqrt(mix.series.period_days / KNOT_DAYS)
    normal = np.random.default_rng(1).standard_normal((len(step), periods))
    normal -= normal.mean(axis=0)
    return np.asarray(step[:, None] * normal.cumsum(axis=1))


def _carried(mix: FittedMix, periods: int) -> Floats:
    """What goes on of what the last fitted period left, (draws, periods)."""
    last = mix.series.fitted - 1
    baseline = mix.draws.coefficients @ mix.posterior.baseline.columns[last]
    expected = mix.media[..., last].sum(axis=1) + baseline
    left = mix.series.outcome[last] / mix.scale - expected
    ahead = np.arange(1, periods + 1)
    return np.asarray(left[:, None] * mix.draws.follows[:, None] ** ahead)


def _new_noise(mix: FittedMix, periods: int) -> Floats:
    rng = np.random.default_rng(0)
    size = (len(mix.draws.freedom), periods)
    noise = rng.standard_t(mix.draws.freedom[:, None], size)
    return np.asarray(noise * mix.draws.noise[:, None])


def _noise(mix: FittedMix, periods: int) -> Floats:
    """Noise of periods that follow, each with what goes on of those before."""
    noise = _new_noise(mix, periods)
    for period in range(1, periods):
        noise[:, period] += mix.draws.follows * noise[:, period - 1]
    return noise


def _intervals(
    mix: FittedMix, dates: npt.NDArray[np.datetime64], draws: Floats, noise: Floats
) -> pd.DataFrame:
    lower, upper = np.quantile(draws + noise, _ENDS, axis=0)
    return pd.DataFrame(
        {
            "date": dates,
            "expected": mix.scale * draws.mean(axis=0),
            "expected_lower": mix.scale * lower,
            "expected_upper": mix.scale * upper,
        }
    )
