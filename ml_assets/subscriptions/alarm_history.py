"""What it is like to live with a score: how early it warns, how often, how steadily."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from ml_assets.subscriptions.grading import Estimate, share
from ml_assets.subscriptions.health import UNKNOWN

__all__ = ["LeadTimes", "alarm_load", "band_stability", "lead_times"]

_EARLY_DAYS = 30
_AND_BACK_DAYS = 14


@dataclass(frozen=True)
class LeadTimes:
    """How long before its decision an account that left was red without a break.

    ``median_days`` is of the ``warned_count`` that were red when they decided (NaN of
    nobody), ``early`` the share of all ``decided_count`` that were so for 30 days or
    more. ``unscored_count`` more had no score before they decided.
    """

    decided_count: int
    unscored_count: int
    warned_count: int
    median_days: float
    early: Estimate


def lead_times(history: pd.DataFrame, decisions: pd.DataFrame) -> LeadTimes:
    """Days from the first score of the last unbroken red to the decision to leave.

    Parameters
    ----------
    history
        ``account_id``, ``scored_on`` (datetime), ``is_red``; one row per account and
        day scored.
    decisions
        ``account_id``, ``decided_on``: when it gave notice, not when that took effect.
    """
    by_account = dict(iter(history.sort_values("scored_on").groupby("account_id")))
    days: list[float] = []
    unscored = 0
    for account, decided in zip(
        decisions["account_id"], decisions["decided_on"], strict=True
    ):
        scores = by_account.get(account)
        known = None if scores is None else scores[scores["scored_on"] <= decided]
        if known is None or known.empty:
            unscored += 1
            continue
        days.append(_red_days(known, decided))
    lead = np.array(days)
    warned = lead[np.isfinite(lead)]
    return LeadTimes(
        decided_count=lead.size,
        unscored_count=unscored,
        warned_count=warned.size,
        median_days=float(np.median(warned)) if warned.size else float("nan"),
        early=share(int((warned >= _EARLY_DAYS).sum()), lead.size),
    )


def alarm_load(history: pd.DataFrame) -> pd.DataFrame:
    """How many accounts are red per manager and week.

    Parameters
    ----------
    history
        As `lead_times`, with ``manager_id``.

    Returns
    -------
    pandas.DataFrame
        ``manager_id``, ``week_start_date`` (a Monday), ``account_count`` scored,
        ``red_count`` of them red at any time in the week, ``begun_count`` of them that
        were not in their score before (a first score that is red has begun).
    """
    rows = history.sort_values(["account_id", "scored_on"])
    is_red = rows["is_red"].astype(bool)
    was_red = is_red.groupby(rows["account_id"]).shift(fill_value=False).astype(bool)
    weekday = rows["scored_on"].dt.day_of_week
    monday = rows["scored_on"] - pd.to_timedelta(weekday, unit="D")
    weekly = (
        rows.assign(
            week_start_date=monday.dt.normalize(), red=is_red, begun=is_red & ~was_red
        )
        .groupby(["manager_id", "week_start_date", "account_id"])[["red", "begun"]]
        .any()
    )
    counted = weekly.groupby(level=[0, 1]).agg(
        account_count=("red", "size"),
        red_count=("red", "sum"),
        begun_count=("begun", "sum"),
    )
    return counted.reset_index()


def band_stability(history: pd.DataFrame) -> Estimate:
    """Share of accounts that change band and are back within 14 days, at any time.

    Parameters
    ----------
    history
        ``account_id``, ``scored_on``, ``band``. Unknown bands are passed over: a source
        that failed is no change. Accounts scored once are not counted.
    """
    known = history[history["band"] != UNKNOWN].sort_values("scored_on")
    flips = [
        _goes_and_returns(scores)
        for _, scores in known.groupby("account_id")
        if len(scores) > 1
    ]
    return share(sum(flips), len(flips))


def _red_days(known: pd.DataFrame, decided: pd.Timestamp) -> float:
    """NaN where the last score was not red."""
    is_red = known["is_red"].to_numpy(bool)
    if not is_red[-1]:
        return float("nan")
    calm = np.flatnonzero(~is_red)
    first = known["scored_on"].iloc[int(calm[-1]) + 1 if calm.size else 0]
    return float((decided - first) / pd.Timedelta(days=1))


def _goes_and_returns(scores: pd.DataFrame) -> bool:
    band = scores["band"].to_numpy()
    starts = [0, *(np.flatnonzero(band[1:] != band[:-1]) + 1)]
    day = scores["scored_on"].to_numpy()
    longest = np.timedelta64(_AND_BACK_DAYS, "D")
    return any(
        band[there - 1] == band[back] and day[back] - day[there] <= longest
        for there, back in pairwise(starts[1:])
    )
