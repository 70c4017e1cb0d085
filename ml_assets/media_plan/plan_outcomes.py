"""What spend brought that followed advice or a plan, by curves that saw its days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.media_plan.published_mix import steady_income

__all__ = ["ADVISED_DAYS", "advice_outcomes", "scenario_outcomes"]

Floats = npt.NDArray[np.float64]

ADVISED_DAYS: Final = 30
"""Days whose spend advice is told for."""

_ENDS: Final = (0.05, 0.95)
_CURVES: Final = ("alphas", "half_saturations", "gammas")
# A share that is a limit to the cent stays one, whatever floats make of it.
_DIGITS: Final = 12


def advice_outcomes(spends: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """How far advice was followed, and what the spend brought more than before.

    Parameters
    ----------
    spends
        One row per ``trace_id`` and ``channel_id``: ``current_spend``,
        ``advised_spend`` and ``actual_spend`` of 30 days (money), and ``due_date``,
        the last day that counts.
    draws
        One row per ``channel_id``, as `curve_draws` makes them, and
        ``data_through_date``, the last day they were fitted to.

    Returns
    -------
    pandas.DataFrame
        One row per ``trace_id``. ``followed_share``: the part of |advised - current| by
        which spend moved in that direction, of all channels, a share (0-1), NaN where
        nothing was to move. ``outcome``, ``outcome_lower``, ``outcome_upper``: mean and
        90 % interval over the draws of what 30 days of that spend brought more, in
        money; NaN without curves that were fitted to those days.
    """
    found = [
        {
            "trace_id": trace_id,
            "followed_share": _followed_share(one),
            **_outcome(_gain(one, "due_date", ADVISED_DAYS, draws)),
        }
        for trace_id, one in spends.groupby("trace_id")
    ]
    columns = ["trace_id", "followed_share", "outcome"]
    return pd.DataFrame(found, columns=[*columns, "outcome_lower", "outcome_upper"])


def scenario_outcomes(spends: pd.DataFrame, draws: pd.DataFrame) -> pd.DataFrame:
    """How far spend was that of plans, and what it brought more than as before.

    Parameters
    ----------
    spends
        One row per ``scenario_id`` and ``channel_id``: ``current_spend``,
        ``projected_spend`` and ``actual_spend`` of its days (money), and of the plan
        ``day_count``, ``end_date`` and ``actual_income`` (money).
    draws
        As of `advice_outcomes`.

    Returns
    -------
    pandas.DataFrame
        One row per ``scenario_id``. ``actual_spend`` and ``actual_income`` in all;
        ``spend_deviation``: |actual - projected| of all channels, of the larger of both
        sums, a share (0-2);
        ``actual_gain``: mean over the draws of what the spend of its days brought more,
        in money, NaN without curves that were fitted to those days.
    """
    found = [
        {
            "scenario_id": scenario_id,
            "actual_spend": float(one["actual_spend"].sum()),
            "actual_income": one["actual_income"].iloc[0],
            "spend_deviation": _deviation(one),
            "actual_gain": _mean(
                _gain(one, "end_date", int(one["day_count"].iloc[0]), draws)
            ),
        }
        for scenario_id, one in spends.groupby("scenario_id")
    ]
    columns = ["scenario_id", "actual_spend", "actual_income", "spend_deviation"]
    return pd.DataFrame(found, columns=[*columns, "actual_gain"])


def _followed_share(spends: pd.DataFrame) -> float:
    wanted = _amounts(spends, "advised_spend") - _amounts(spends, "current_spend")
    moved = _amounts(spends, "actual_spend") - _amounts(spends, "current_spend")
    followed = np.clip(moved * np.sign(wanted), 0, np.abs(wanted)).sum()
    whole = np.abs(wanted).sum()
    return round(float(followed / whole), _DIGITS) if whole else np.nan


def _deviation(spends: pd.DataFrame) -> float:
    actual, planned = (
        _amounts(spends, name) for name in ("actual_spend", "projected_spend")
    )
    larger = max(actual.sum(), planned.sum())
    apart = np.abs(actual - planned).sum()
    return round(float(apart / larger), _DIGITS) if larger > 0 else 0.0


def _gain(
    spends: pd.DataFrame, last_day: str, days: int, draws: pd.DataFrame
) -> Floats:
    """What actual spend brought more than the current, per draw; empty without any.

    A channel without a curve that was fitted to the last day brings nothing more.
    """
    known = spends.merge(draws, on="channel_id")
    known = known[known[last_day] <= known["data_through_date"]]
    if known.empty:
        return np.array([])
    return np.asarray(days * np.sum(list(_more(known, days)), axis=0))


def _more(known: pd.DataFrame, days: int) -> Iterator[Floats]:
    for row in known.to_dict("records"):
        alpha, half, gamma = (np.asarray(row[name], np.float64) for name in _CURVES)
        before, after = (
            steady_income(alpha, half, gamma, np.asarray(row[name] / days))
            for name in ("current_spend", "actual_spend")
        )
        yield after - before


def _outcome(gain: Floats) -> dict[str, float]:
    lower, upper = np.quantile(gain, _ENDS) if gain.size else (np.nan, np.nan)
    return {
        "outcome": _mean(gain),
        "outcome_lower": float(lower),
        "outcome_upper": float(upper),
    }


def _mean(gain: Floats) -> float:
    return float(gain.mean()) if gain.size else np.nan


def _amounts(spends: pd.DataFrame, column: str) -> Floats:
    return spends[column].to_numpy(np.float64)
