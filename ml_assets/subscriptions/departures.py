"""Who left within a window, and who could not have: the labels of every grading."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.reading import Bools, column_of, numbers_of

__all__ = ["BOUND", "FREE", "label_departures", "strata"]

FREE: Final = "free"
BOUND: Final = "bound"
"""The contract ends after the window: such an account could not leave in it."""

_LEAST_LOSS = 0.5


def label_departures(
    scores: pd.DataFrame,
    departures: pd.DataFrame,
    *,
    horizon_days: int,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Whether each account left after it was scored.

    An account leaves in (t, t + h], t the day it was scored, by the day its departure
    takes effect, when it gives up half of its revenue or more.

    Parameters
    ----------
    scores
        ``account_id``, ``scored_on`` and ``contract_ends_on``, missing where it may
        leave at any time.
    departures
        ``account_id``, ``effective_on``, ``lost_ratio``: share (0-1) of the account's
        recurring revenue that went; 1 is all of it.
    horizon_days
        h.
    as_of
        The last day that is known.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``left`` (bool), ``stratum`` (`FREE` or `BOUND`) and
        ``is_due``: whether the whole window is known. What is not due is no label.

    Raises
    ------
    InvalidAccounts, InvalidSetting
    """
    if horizon_days < 1:
        raise InvalidSetting(f"a horizon is of 1 day or more, not of {horizon_days}.")
    scored = _days(scores, "scored_on")
    if scored.isna().any():
        row = int(np.flatnonzero(scored.isna())[0])
        raise InvalidAccounts(f"column scored_on, row {row}: no day.")
    ends = scored + pd.Timedelta(days=horizon_days)
    left = _left(column_of(scores, "account_id"), scored, ends, departures)
    return scores.assign(
        left=left,
        stratum=strata(scores, horizon_days),
        is_due=(ends <= as_of).to_numpy(bool),
    )


def strata(scores: pd.DataFrame, horizon_days: int) -> NDArray[np.str_]:
    """`BOUND` where the contract ends after the window, else `FREE`; shape (n,).

    Parameters
    ----------
    scores
        ``scored_on`` and ``contract_ends_on`` as in `label_departures`.
    """
    window = _days(scores, "scored_on") + pd.Timedelta(days=horizon_days)
    is_bound = (_days(scores, "contract_ends_on") > window).to_numpy(bool)
    return np.where(is_bound, BOUND, FREE)


def _left(
    accounts: pd.Series, scored: pd.Series, ends: pd.Series, departures: pd.DataFrame
) -> Bools:
    """Whether a departure takes effect after each score and until its window ends."""
    loss = numbers_of(departures, "lost_ratio", most=1, may_lack=False)
    gone = pd.DataFrame(
        {
            "account_id": column_of(departures, "account_id"),
            "effective_on": _days(departures, "effective_on"),
        }
    )[loss >= _LEAST_LOSS]
    rows = pd.DataFrame(
        {
            "row": range(len(accounts)),
            "account_id": accounts.to_numpy(),
            "scored_on": scored.to_numpy(),
            "ends_on": ends.to_numpy(),
        }
    )
    met = rows.merge(gone, on="account_id")
    effective = met["effective_on"]
    inside = (effective > met["scored_on"]) & (effective <= met["ends_on"])
    return np.isin(rows["row"], met.loc[inside, "row"])


def _days(table: pd.DataFrame, name: str) -> pd.Series:
    try:
        return pd.to_datetime(column_of(table, name)).dt.normalize()
    except (ValueError, TypeError) as failure:
        raise InvalidAccounts(f"column {name}: {failure}.") from failure
