"""A row per channel, points to draw its curve, and what made up each day."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.media_days import MediaDays
from ml_assets.media_plan.responses import (
    current_spend,
    largest_spend,
    responses,
)
from ml_assets.mmm import MediaMix

__all__ = [
    "FARTHEST",
    "contribution_rows",
    "curve_points",
    "curve_rows",
    "total_return",
]

Floats = npt.NDArray[np.float64]

# Beyond this multiple of the largest spend seen nothing is drawn or recommended.
FARTHEST: Final = 1.5
_POINTS: Final = 60
# As good as infinite: what the channel would bring if money were no object.
_ENDLESS: Final = 1e9
_ENDS: Final = (0.05, 0.95)
_TREND_DAYS: Final = 91
_REASONS: Final = {
    "unpriced": "Brings orders, but no cost of it is known: no return, no budget.",
    "never_used": "Nothing was spent on it.",
    "used_too_rarely": "Spend on fewer than 8 days: too few to learn from.",
    "constant": "Spend never moved: what it brings cannot be told from the baseline.",
}
_KINDS: Final = {
    "paid": "paid",
    "baseline": "baseline",
    "trend": "baseline",
    "season": "season",
    "weekday": "season",
}
_CONTROLS: Final = {
    "non_brand_click_count": "organic",
    "mean_temperature_c": "weather",
    "precipitation_mm": "weather",
}


def curve_rows(mix: MediaMix, media: MediaDays, target: float | None) -> pd.DataFrame:
    """A row per channel, those without a curve too: their status says why.

    Parameters
    ----------
    target : float or None
        Marginal return at which a channel counts as saturated; None when the outcome is
        not money.
    """
    told = mix.channels().rename(
        columns={
            "channel": "channel_id",
            "slope": "gamma",
            "slope_lower": "gamma_lower",
            "slope_upper": "gamma_upper",
            "roi": "current_roi",
            "roi_lower": "current_roi_lower",
            "roi_upper": "current_roi_upper",
            "spend": "total_spend",
        }
    )
    told["channel_id"] = told["channel_id"].str.removeprefix("spend_")
    rows = told.set_index("channel_id")
    rows = rows.join(_ceilings(mix)).join(_spends(media))
    rows = _per_day(rows, mix.series.period_days)
    rows = rows.join(_saturations(mix, media, target))
    missing = pd.DataFrame({"status": "unpriced"}, index=list(media.unpriced))
    rows = pd.concat([rows, missing]) if len(missing) else rows
    rows["reason"] = rows["status"].map(_REASONS)
    dropped = rows.columns[rows.columns.str.startswith("half_life")]
    return rows.drop(columns=dropped).rename_axis("channel_id").reset_index()


def total_return(mix: MediaMix) -> dict[str, float]:
    """What all fitted channels brought together, per unit spent on them.

    Channels are unsure against each other: what one brought less another brought more.
    So each draw is summed first; sums of their intervals would be too wide.

    Returns
    -------
    dict
        `total_spend` of the fitted periods, `current_roi` (their contributions / their
        spend, which weighs the channels' by spend) with its 90 % interval.
    """
    spend = float(mix.series.spend[: mix.series.fitted].sum())
    drawn = mix.scale * mix.media.sum(axis=(1, 2)) / spend
    lower, upper = np.quantile(drawn, _ENDS)
    return {
        "total_spend": spend,
        "current_roi": float(drawn.mean()),
        "current_roi_lower": float(lower),
        "current_roi_upper": float(upper),
    }


def curve_points(mix: MediaMix) -> pd.DataFrame:
    """Expected outcome per day by spend per day, up to 1.5 times the most ever spent.

    Returns
    -------
    DataFrame
        `channel_id`, `point`, `spend`, `expected` with interval, `marginal_return`,
        `is_current`, `is_observed`.
    """
    tables = []
    for position, name in enumerate(mix.channel_names):
        largest = largest_spend(mix)[position]
        current = current_spend(mix)[position]
        spend = np.union1d(np.linspace(0, FARTHEST * largest, _POINTS), current)
        drawn, slope = _steady(mix, position, spend)
        lower, upper = np.quantile(drawn, _ENDS, axis=0)
        tables.append(
            pd.DataFrame(
                {
                    "channel_id": name.removeprefix("spend_"),
                    "point": np.arange(spend.size),
                    "spend": spend,
                    "expected": drawn.mean(axis=0),
                    "expected_lower": lower,
                    "expected_upper": upper,
                    "marginal_return": slope.mean(axis=0),
                    "is_current": spend == current,
                    "is_observed": spend <= largest,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def contribution_rows(mix: MediaMix) -> pd.DataFrame:
    """A row per period and component: what was fitted to a period is their sum.

    Returns
    -------
    DataFrame
        `calendar_date` (first of its period), `component`, `kind` (paid, baseline,
        season, events, organic or weather), `contribution` with interval.
    """
    parts = mix.contributions().rename(columns={"date": "calendar_date"})
    kinds = parts["kind"].map(_KINDS)
    controls = parts["component"].map(_CONTROLS).fillna("events")
    parts["kind"] = kinds.fillna(controls)
    parts["component"] = parts["component"].str.removeprefix("spend_")
    return parts


def _steady(mix: MediaMix, position: int, spend: Floats) -> tuple[Floats, Floats]:
    """Draws of the outcome and of its slope, shapes (draws, m), of one channel."""
    plans = np.zeros((spend.size, len(mix.channel_names)))
    plans[:, position] = spend
    # At nothing the slope of some curves is infinite: it is told a little further on.
    nearly = np.maximum(plans, 1e-3 * mix.series.typical / mix.series.period_days)
    value = responses(mix, plans)[0][:, :, position]
    slope = responses(mix, nearly)[1][:, :, position]
    return value, slope


def _ceilings(mix: MediaMix) -> pd.DataFrame:
    """alpha: what a channel brings per day if money were no object."""
    endless = _ENDLESS * mix.series.typical[None]
    drawn = responses(mix, endless)[0][:, 0]
    lower, upper = np.quantile(drawn, _ENDS, axis=0)
    return pd.DataFrame(
        {"alpha": drawn.mean(axis=0), "alpha_lower": lower, "alpha_upper": upper},
        index=_ids(mix),
    )


def _spends(media: MediaDays) -> pd.DataFrame:
    """The smallest spend per day of a period in which there was any."""
    smallest = {}
    for channel, column in zip(media.channels, media.spend_columns(), strict=True):
        spend = media.frame[column]
        smallest[channel] = spend[spend > 0].min() / media.period_days
    return pd.DataFrame({"smallest_spend": pd.Series(smallest, dtype=float)})


def _saturations(mix: MediaMix, media: MediaDays, target: float | None) -> pd.DataFrame:
    """Spend from which one more brings less than the target, and days until then.

    Days only where spend grew over the last 13 weeks, along a straight line through
    them from where it ends; 0 where it is reached.
    """
    spends, days = {}, {}
    for position, name in enumerate(mix.channel_names):
        channel = name.removeprefix("spend_")
        reached = _spend_at(mix, position, target)
        spends[channel] = reached
        recent = media.frame[name].to_numpy(float)[-_TREND_DAYS // media.period_days :]
        periods = _periods_until(reached, recent / media.period_days)
        days[channel] = np.ceil(periods * media.period_days)
    return pd.DataFrame({"saturation_spend": spends, "saturation_days": days})


def _periods_until(reached: float, recent: Floats) -> float:
    """Periods until a line through the spends reaches a spend; NaN if it never does."""
    pace, start = np.polyfit(np.arange(recent.size), recent, 1)
    left = reached - (start + pace * (recent.size - 1))
    if left <= 0:
        return 0.0
    return float(left / pace) if pace > 0 else np.nan


def _spend_at(mix: MediaMix, position: int, target: float | None) -> float:
    """The largest spend at which one more still brings the target; NaN beyond sight."""
    if target is None:
        return np.nan
    grid = np.linspace(0, FARTHEST * largest_spend(mix)[position], 400)
    _, slope = _steady(mix, position, grid)
    worth = np.flatnonzero(slope.mean(axis=0) >= target)
    if not worth.size:
        return 0.0
    return np.nan if worth[-1] == grid.size - 1 else float(grid[worth[-1]])


def _per_day(rows: pd.DataFrame, period_days: int) -> pd.DataFrame:
    """Spend and decay of a period as those of a day."""
    daily = rows.copy()
    for name in rows:
        if str(name).startswith(("half_saturation", "largest_spend", "current_spend")):
            daily[name] = rows[name] / period_days
        elif str(name).startswith("decay"):
            daily[name] = rows[name] ** (1 / period_days)
    return daily


def _ids(mix: MediaMix) -> list[str]:
    return [name.removeprefix("spend_") for name in mix.channel_names]
