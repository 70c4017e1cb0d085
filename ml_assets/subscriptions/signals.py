"""Five early warnings by an account's own habit where there is one, and what they ask.

Limits of the programme (S3-EW): fewer than 2 logins a week, sessions under 5 minutes,
adoption under 30 %, more than 3 tickets a month, any delay of payment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from ml_assets.subscriptions.errors import InvalidAccounts
from ml_assets.subscriptions.grading import FlagGrade, grade_flags
from ml_assets.subscriptions.reading import Bools, Floats, column_of, numbers_of

__all__ = ["SIGNALS", "TRIGGERS", "Signal", "grade_signals", "raise_signals"]


@dataclass(frozen=True)
class Signal:
    """A column that is too low or too high.

    ``limit`` is for everybody; ``of_habit`` is what an account's own median is
    multiplied by, None where habit is no excuse.
    """

    column: str
    is_low: bool
    limit: float
    of_habit: float | None
    most: float = float("inf")

    def threshold(self, habit: Floats) -> Floats:
        """Limit of each row, shape kept; ``habit`` is NaN where none is known."""
        if self.of_habit is None:
            return np.full(habit.shape, self.limit)
        own = self.of_habit * habit
        # Who never came has no habit to fall from, and a quiet one may ask thrice.
        own = (
            np.where(own > 0, own, np.nan) if self.is_low else np.fmax(own, self.limit)
        )
        return np.where(np.isnan(habit) | np.isnan(own), self.limit, own)

    def is_raised(self, values: Floats, threshold: Floats) -> Floats:
        """1 beyond the threshold, which itself is no warning; NaN where unknown."""
        beyond = values < threshold if self.is_low else values > threshold
        return np.where(np.isnan(values), np.nan, beyond)


SIGNALS: Final[Mapping[str, Signal]] = {
    "low_login": Signal("login_count", True, 2.0, 0.5),
    "short_session": Signal("session_minutes", True, 5.0, 0.5),
    "low_adoption": Signal("feature_adoption_ratio", True, 0.3, 0.5, most=1.0),
    "many_tickets": Signal("ticket_count_28d", False, 3.0, 2.0),
    "payment_delay": Signal("days_past_due", False, 0.0, None),
}
TRIGGERS: Final = ("immediate", "urgent", "monitor", "none")
"""A failed payment; 2 or more signals; 1; nothing. The first that holds."""

_HABIT_WEEKS, _LEAST_WEEKS = 8, 6


def raise_signals(weeks: pd.DataFrame) -> pd.DataFrame:
    """Which signals each account raises in each week, and what they ask for.

    An account's habit is the median of the eight calendar weeks before, six of them
    known at least: a low signal is below half of it, tickets are above twice of it (and
    above 3 in any case). Without a habit the limits are those for everybody.

    Parameters
    ----------
    weeks
        One row per account and week: ``account_id``, ``week_start_date``,
        ``login_count``, ``session_minutes`` (mean), ``feature_adoption_ratio`` (0-1),
        ``ticket_count_28d``, ``days_past_due`` (0 where nothing is), and
        ``failed_attempt_count`` of the week. Unknown is NaN.

    Returns
    -------
    pandas.DataFrame
        Same rows: ``account_id``, ``week_start_date``; of each signal its name (1, 0,
        NaN unknown), ``_threshold`` and ``_is_own``; ``signal_count``,
        ``known_signal_count`` and ``trigger``.

    Raises
    ------
    InvalidAccounts
        A column is missing or wrong, or an account has a week twice.
    """
    account, number = _places(weeks)
    found = weeks[["account_id", "week_start_date"]].copy()
    for name, signal in SIGNALS.items():
        values = numbers_of(weeks, signal.column, most=signal.most)
        habit = _habits(values, account, number)
        threshold = signal.threshold(habit)
        found[name] = signal.is_raised(values, threshold)
        found[f"{name}_threshold"] = threshold
        found[f"{name}_is_own"] = ~np.isnan(habit) & (threshold != signal.limit)
    raised = found[list(SIGNALS)].to_numpy(np.float64)
    count = (raised == 1).sum(axis=1)
    has_failed = numbers_of(weeks, "failed_attempt_count") > 0
    asked = np.select([has_failed, count >= 2, count == 1], TRIGGERS[:3], TRIGGERS[3])
    return found.assign(
        signal_count=count,
        known_signal_count=(~np.isnan(raised)).sum(axis=1),
        trigger=asked,
    )


def grade_signals(signals: pd.DataFrame, left: Bools) -> dict[str, FlagGrade]:
    """Each signal, ``any``, ``two_or_more`` and each trigger against who left.

    Parameters
    ----------
    signals
        As `raise_signals`; rows whose window is over. Of a signal only those count of
        whom it is known.
    left
        Shape (n,).
    """
    grades = {}
    for name in SIGNALS:
        raised = signals[name].to_numpy(np.float64)
        is_known = ~np.isnan(raised)
        grades[name] = grade_flags(raised[is_known] == 1, left[is_known])
    count = signals["signal_count"].to_numpy()
    grades["any"] = grade_flags(count >= 1, left)
    grades["two_or_more"] = grade_flags(count >= 2, left)
    for trigger in TRIGGERS[:3]:
        grades[trigger] = grade_flags(signals["trigger"].to_numpy() == trigger, left)
    return grades


def _places(weeks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each account's week in a table of all."""
    start = pd.to_datetime(column_of(weeks, "week_start_date"))
    day = start.to_numpy("datetime64[D]").astype(np.int64)
    number = (day - day.min(initial=0 if not day.size else day[0])) // 7
    _, account = np.unique(column_of(weeks, "account_id"), return_inverse=True)
    pairs = pd.DataFrame({"account": account, "number": number})
    if pairs.duplicated().any():
        row = int(np.flatnonzero(pairs.duplicated())[0])
        raise InvalidAccounts(
            f"row {row}: account {weeks['account_id'].iloc[row]} has the week of "
            f"{start.iloc[row]:%Y-%m-%d} twice."
        )
    return account, number


def _habits(values: Floats, account: np.ndarray, number: np.ndarray) -> Floats:
    """Median of the weeks before each row, NaN where fewer than six are known."""
    if not values.size:
        return values
    table = np.full((account.max() + 1, _HABIT_WEEKS + number.max() + 1), np.nan)
    table[account, _HABIT_WEEKS + number] = values
    before = np.sort(sliding_window_view(table, _HABIT_WEEKS, axis=1)[account, number])
    # What is unknown is sorted last.
    known = np.isfinite(before).sum(axis=1)
    middle = np.stack([(known - 1) // 2, known // 2], axis=1)
    median = np.take_along_axis(before, np.maximum(middle, 0), axis=1).mean(axis=1)
    return np.where(known >= _LEAST_WEEKS, median, np.nan)
