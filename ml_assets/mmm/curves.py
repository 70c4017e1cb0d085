"""What each channel brings at each spend, and a row per channel."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.mmm.adstock import half_life
from ml_assets.mmm.fitted_mix import FittedMix, interval

__all__ = ["FARTHEST", "channels", "curve", "curves"]

# Beyond this multiple of the largest spend seen nothing is known.
FARTHEST = 1.5


def channels(mix: FittedMix) -> pd.DataFrame:
    """A row per channel that was named, with 90 % intervals.

    Returns
    -------
    DataFrame
        `channel`, `status` (see `series.CHANNEL_STATUSES`), `spend` and `contribution`
        in the fitted periods, `roi` (contribution per unit spent), `marginal_return`
        (of one more unit at the spend of the last 13 weeks, in the long run), `decay`
        per period, `half_life_days`, `half_saturation` (spend per period), `slope`,
        `largest_spend` seen in a period, `current_spend` per period of the last 13
        weeks; estimates with `_lower` and `_upper`. Channels that were not fitted have
        only their status.
    """
    at, spend = mix.at, mix.series.spend[: mix.series.fitted]
    brought = mix.scale * mix.media.sum(axis=2)
    estimates = {
        "contribution": brought,
        "roi": brought / spend.sum(axis=0),
        "marginal_return": mix.steady_at(mix.current_spend)[1],
        "decay": at.decay,
        "half_life_days": half_life(at.decay, mix.series.period_days),
        "half_saturation": at.half * mix.series.typical,
        "slope": at.slope,
    }
    table: dict[str, object] = {
        "channel": mix.channel_names,
        "status": "fitted",
        "spend": spend.sum(axis=0),
        "largest_spend": mix.largest_spend,
        "current_spend": mix.current_spend,
    }
    for name, values in estimates.items():
        table |= interval(name, values)
    known = pd.DataFrame(table).set_index("channel")
    every = known.reindex(pd.Index(mix.series.status, name="channel"))
    return every.assign(status=pd.Series(mix.series.status)).reset_index()


def curves(mix: FittedMix, points: int) -> pd.DataFrame:
    """`curve` of every fitted channel, up to 1.5 times the largest spend seen.

    The grid has `points` equal steps from 0 and the current spend.

    Returns
    -------
    DataFrame
        `channel`, then the columns of `curve`.
    """
    tables = []
    for position, name in enumerate(mix.channel_names):
        grid = np.linspace(0, FARTHEST * mix.largest_spend[position], points)
        grid = np.union1d(grid, mix.current_spend[position])
        table = curve(mix, name, grid)
        table.insert(0, "channel", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def curve(mix: FittedMix, channel: str, spend: npt.ArrayLike) -> pd.DataFrame:
    """What a steady spend per period brings per period, in the long run.

    Returns
    -------
    DataFrame
        `spend`, `expected`, `expected_lower`, `expected_upper` (90 %), `is_observed`:
        False beyond the largest spend seen, where the curve is a guess.

    Raises
    ------
    InvalidSeries
        When the channel was not fitted.
    """
    position = mix.position(channel)
    grid = np.asarray(spend, dtype=np.float64)
    plan = np.zeros((grid.size, len(mix.channel_names)))
    plan[:, position] = grid
    table = {"spend": grid} | interval("expected", mix.steady(plan)[:, :, position])
    observed = grid <= mix.largest_spend[position]
    return pd.DataFrame(table).assign(is_observed=observed)
