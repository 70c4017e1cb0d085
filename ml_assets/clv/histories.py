"""Checks of purchase histories, in one place, before any formula sees them."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.clv.errors import InvalidSummaries, TooFewRepeatCustomers
from ml_assets.sentences import Sentence

__all__ = [
    "BOUGHT_AGAIN",
    "MINIMUM_REPEAT_CUSTOMERS",
    "Bools",
    "Floats",
    "Histories",
    "check_histories",
    "check_numbers",
    "column_of_floats",
    "distinct_histories",
    "distinct_positions",
    "refuse_where",
    "require_repeat_customers",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

# The owner's floor: below it four parameters rest on a handful of people.
MINIMUM_REPEAT_CUSTOMERS = 10
BOUGHT_AGAIN = Sentence("reasons.bought_again", "customers bought again")
# Fits a signed integer of 64 bits with room to spare.
_LARGEST_KEY = 2.0**62


class Histories(NamedTuple):
    """Purchase histories as float64, each of shape (n,) (or () for one customer)."""

    frequency: Floats
    recency_days: Floats
    age_days: Floats


def refuse_where(bad: Bools, column: str, values: Floats, rule: str) -> None:
    """Raise InvalidSummaries naming the column and the first row that breaks a rule.

    Parameters
    ----------
    bad : ndarray, shape (n,)
        True where the rule is broken. The row reported is the position, from 0.
    """
    if not bad.any():
        return
    first = int(np.flatnonzero(bad)[0])
    offender = float(np.ravel(values)[first])
    raise InvalidSummaries(
        f"column {column}, row {first}: {offender:g} {rule} "
        f"({int(bad.sum())} of {bad.size} rows). Correct the customer summaries "
        "and fit again."
    )


def check_numbers(values: npt.ArrayLike, column: str) -> Floats:
    """Return finite, non-negative float64 values, shape kept, or refuse them."""
    numbers = np.asarray(values, dtype=np.float64)
    refuse_where(~np.isfinite(numbers), column, numbers, "is not a number")
    refuse_where(numbers < 0, column, numbers, "is negative")
    return numbers


def column_of_floats(frame: pd.DataFrame, column: str) -> Floats:
    """A column as float64, shape (n,): Decimals converted, anything else is NaN.

    NaN is what the checks then report with its row, be it None, text or pd.NA.

    Raises
    ------
    InvalidSummaries
        When the column is missing.
    """
    if column not in frame:
        raise InvalidSummaries(
            f"column {column} is missing from the customer summaries"
        )
    numbers = pd.to_numeric(frame[column], errors="coerce")
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def check_histories(
    frequency: npt.ArrayLike, recency_days: npt.ArrayLike, age_days: npt.ArrayLike
) -> Histories:
    """Return x, t_x and T as floats, or refuse them.

    Parameters
    ----------
    frequency : array, shape (n,)
        x, repeat purchase days: whole numbers from 0.
    recency_days : array, shape (n,)
        t_x, time from first to last purchase. 0 exactly when x is 0.
    age_days : array, shape (n,)
        T, time from first purchase to the as-of date, at least t_x.

    Raises
    ------
    InvalidSummaries
        Naming the column and the first offending row.
    """
    x = check_numbers(frequency, "frequency")
    t_x = check_numbers(recency_days, "recency_days")
    age = check_numbers(age_days, "age_days")
    if not x.shape == t_x.shape == age.shape:
        raise InvalidSummaries(
            "columns frequency, recency_days and age_days differ in length: "
            f"{x.shape}, {t_x.shape}, {age.shape}. Pass one row per customer."
        )
    refuse_where(x != np.floor(x), "frequency", x, "is not a whole number")
    refuse_where(t_x > age, "recency_days", t_x, "is later than age_days")
    refuse_where(
        (x > 0) & (t_x == 0),
        "recency_days",
        t_x,
        "for a customer who bought again: orders of one day must be merged",
    )
    refuse_where(
        (x == 0) & (t_x > 0),
        "recency_days",
        t_x,
        "for a customer with no repeat purchase (frequency 0)",
    )
    return Histories(x, t_x, age)


def distinct_histories(histories: Histories) -> tuple[Histories, Floats]:
    """Distinct histories in order, and how many customers share each, shape (rows,)."""
    key, rows = _keys(histories)
    if key is None:
        found, counts = np.unique(rows, axis=1, return_counts=True)
        return Histories(*found), counts.astype(np.float64)
    _, first, counts = np.unique(key, return_index=True, return_counts=True)
    return Histories(*rows[:, first]), counts.astype(np.float64)


def distinct_positions(
    histories: Histories,
) -> tuple[Histories, npt.NDArray[np.intp]]:
    """Distinct histories, and for each customer, shape (n,), which of them it has."""
    key, rows = _keys(histories)
    if key is None:
        found, positions = np.unique(rows, axis=1, return_inverse=True)
        return Histories(*found), positions.reshape(-1)
    _, first, positions = np.unique(key, return_index=True, return_inverse=True)
    return Histories(*rows[:, first]), positions.reshape(-1)


def _keys(histories: Histories) -> tuple[npt.NDArray[np.int64] | None, Floats]:
    """One integer per history, in the order of age, t_x, x, and the rows (3, n).

    Integers sort far faster than rows do: whole days, or else the ranks of times.
    """
    rows = np.stack([np.ravel(column) for column in histories])
    whole = rows
    if not (rows == np.floor(rows)).all():
        ranks = [np.unique(row, return_inverse=True)[1] for row in rows[1:]]
        whole = np.stack([rows[0], *ranks])
    x_width, t_width, age_width = whole.max(axis=1, initial=0) + 1
    if x_width * t_width * age_width >= _LARGEST_KEY:
        return None, rows
    x, t_x, age = whole.astype(np.int64)
    return (age * int(t_width) + t_x) * int(x_width) + x, rows


def require_repeat_customers(count: int, minimum: int, who: Sentence) -> None:
    """Raise TooFewRepeatCustomers when fewer than `minimum` were observed."""
    if count < minimum:
        raise TooFewRepeatCustomers(
            Sentence(
                "reasons.few_repeaters",
                "{count} {who}, at least {least} are needed. Wait for more orders, or "
                "load a longer history.",
                count=count,
                who=who,
                least=minimum,
            )
        )
