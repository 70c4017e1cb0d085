"""Whom to bring back, the next step and its day, and who is only watched."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.errors import InvalidSetting
from ml_assets.subscriptions.reading import numbers_of

__all__ = ["REASONS", "STEPS", "Due", "is_only_watched", "next_step", "reasons_of"]

STEPS: Final = {
    "check_in_email": 1,
    "feature_email": 3,
    "success_story_email": 7,
    "call": 14,
    "last_email": 21,
}
"""Days after an account is opened in the queue on which each step is due."""

REASONS: Final = ("low_engagement", "feature_underuse", "inactivity", "support_overuse")

_WATCHED_SHARE = 0.1
_LEAST_LOGINS, _LEAST_ADOPTION, _IDLE_DAYS, _MANY_TICKETS = 2.0, 0.3, 14.0, 3.0


@dataclass(frozen=True)
class Due:
    """The next step of an account, and the day it is due; late from the day after."""

    step: str
    due_on: dt.date
    is_late: bool


def reasons_of(accounts: pd.DataFrame) -> pd.DataFrame:
    """Why an account belongs in the queue, by the limits of the programme (S3-RE).

    Parameters
    ----------
    accounts
        ``login_count_7d`` (below 2), ``feature_adoption_ratio`` (below 0.3),
        ``idle_days`` (above 14), ``ticket_count_28d`` (above 3). Unknown is NaN and no
        reason.

    Returns
    -------
    pandas.DataFrame
        Same index: a column (bool) of each of `REASONS`.
    """
    raised = (
        numbers_of(accounts, "login_count_7d") < _LEAST_LOGINS,
        numbers_of(accounts, "feature_adoption_ratio", most=1) < _LEAST_ADOPTION,
        numbers_of(accounts, "idle_days") > _IDLE_DAYS,
        numbers_of(accounts, "ticket_count_28d") > _MANY_TICKETS,
    )
    columns = dict(zip(REASONS, map(np.asarray, raised), strict=True))
    return pd.DataFrame(columns, index=accounts.index)


def next_step(opened_on: dt.date, done: Collection[str], today: dt.date) -> Due | None:
    """The first step that is not done; None after the last.

    Steps are done in their order: one that was left out is still the next.

    Raises
    ------
    InvalidSetting
        A step that does not exist was done.
    """
    unheard = set(done) - set(STEPS)
    if unheard:
        raise InvalidSetting(f"{min(unheard)} is no step: {', '.join(STEPS)}.")
    for step, day in STEPS.items():
        if step not in done:
            due = opened_on + dt.timedelta(days=day)
            return Due(step, due, today > due)
    return None


def is_only_watched(company_id: str, account_id: str, opened_on: dt.date) -> bool:
    """Whether the lot lets an account be watched and not written to: one in ten.

    What came of the others is held against these. The lot is a hash, so that it falls
    alike whenever it is asked, and anew each time an account comes into the queue.
    """
    told = f"{company_id}\x1f{account_id}\x1f{opened_on.isoformat()}".encode()
    drawn = int.from_bytes(hashlib.sha256(told).digest()[:8], "big") / 2**64
    return drawn < _WATCHED_SHARE
