"""Whether a new fit says something else than the one before, and why."""

import numpy as np
import pandas as pd

from ml_assets.mmm.adstock import Floats
from ml_assets.mmm.fitted_mix import FittedMix

__all__ = ["compare_fits"]

_MOVED = 1.0


def compare_fits(before: FittedMix, after: FittedMix) -> pd.DataFrame:
    """A row per channel that both fits have: how its return moved, and the reason.

    Returns
    -------
    DataFrame
        `channel`, `roi_before`, `roi_after`, `change` in standard deviations of the
        earlier fit, `moved` (more than one), `reason` in words.
    """
    reasons = _changes(before, after)
    rows = []
    for name in before.channel_names:
        if name not in after.channel_names:
            continue
        old, new = _roi(before, name), _roi(after, name)
        change = float((new.mean() - old.mean()) / max(old.std(), 1e-12))
        moved = abs(change) > _MOVED
        why = [*_of_channel(before, after, name), *reasons]
        reason = "within what was plausible before"
        if moved:
            reason = "; ".join(why) or "the same data: the draws differ"
        rows.append((name, old.mean(), new.mean(), change, moved, reason))
    columns = ["channel", "roi_before", "roi_after", "change", "moved", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _roi(mix: FittedMix, name: str) -> Floats:
    position = mix.position(name)
    spent = float(mix.series.spend[: mix.series.fitted, position].sum())
    return np.asarray(mix.scale * mix.media[:, position].sum(axis=1) / spent)


def _changes(before: FittedMix, after: FittedMix) -> list[str]:
    """What differs between the tables and settings of two fits."""
    found = []
    old, new = before.series, after.series
    if before.outcome_unit != after.outcome_unit:
        found.append(f"the outcome is {after.outcome_unit}, not {before.outcome_unit}")
    if set(old.controls) != set(new.controls):
        other = sorted(set(old.controls) ^ set(new.controls))
        found.append(f"controls came or went: {', '.join(other)}")
    if set(before.channel_names) != set(after.channel_names):
        changed = sorted(set(before.channel_names) ^ set(after.channel_names))
        found.append(f"channels came or went: {', '.join(changed)}")
    if (before.posterior.lifts is None) != (after.posterior.lifts is None):
        found.append("lift tests came or went")
    _, here, there = np.intersect1d(
        old.dates[: old.fitted], new.dates[: new.fitted], return_indices=True
    )
    restated = ~np.isclose(old.outcome[here], new.outcome[there])
    if restated.any():
        found.append(f"the outcome of {int(restated.sum())} periods was restated")
    later = int((new.dates[: new.fitted] > old.dates[old.fitted - 1]).sum())
    if later:
        found.append(f"{later} new periods")
    return found


def _of_channel(before: FittedMix, after: FittedMix, name: str) -> list[str]:
    old = float(before.largest_spend[before.position(name)])
    new = float(after.largest_spend[after.position(name)])
    if new > 1.05 * old:
        return [f"spend went beyond what was seen before ({old:,.0f} to {new:,.0f})"]
    return []
