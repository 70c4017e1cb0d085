"""What a season is seen in: repeat purchases by the age of customers and by month."""

from typing import Final, NamedTuple

import numpy as np

from ml_assets.clv.histories import Floats
from ml_assets.clv.purchases import PurchaseDays
from ml_assets.clv.seasons.operational_time import Ints, calendar_months, month_start

__all__ = ["AGES", "Table", "counted"]

# Where groups of ages begin, in days since the first purchase.
AGES: Final = np.array(
    [1, 8, 15, 31, 61, 91, 121, 151, 181, 241, 301, 366, 456, 546, 731, 1096, 1826]
)
# Who came within these days of the first order of all is often an old customer, whose
# earlier orders were not loaded: they are counted apart.
_EARLY_DAYS: Final = 60
# A season of long ago says little of the next one.
_MOST_MONTHS: Final = 60
_GROUPS: Final = 20


class Table(NamedTuple):
    """Repeat purchases and customer-days, shapes (2 x ages, months).

    The ages of customers come twice: of most of them, then of the early ones. `months`
    (months,) are counted from January 1970; `clumps` is how much more the purchases of
    a month vary than independent ones would, from 1.
    """

    purchases: Floats
    days: Floats
    months: Ints
    clumps: float


def counted(log: PurchaseDays, as_of_day: int) -> Table:
    """The table of a log, at least one row, up to a day.

    The month of opening, in which everybody is new, is left out, and so is what is
    more than five years old.
    """
    starts = np.flatnonzero(np.diff(log.customer, prepend=-1))
    opened = log.day[starts] - log.first_day
    began = np.repeat(opened, np.diff(np.append(starts, log.day.size)))
    age = log.day - log.first_day - began
    again = age > 0
    first = int(calendar_months(log.first_day))
    size = int(calendar_months(as_of_day)) - first + 1
    month = calendar_months(log.day[again]) - first
    early = (began < _EARLY_DAYS)[again]
    row = np.searchsorted(AGES, age[again], side="right") - 1 + AGES.size * early
    ends = np.minimum(month_start(first + np.arange(size + 1)), as_of_day + 1)
    lived = [
        _customer_days(opened[whom], ends - log.first_day)
        for whom in (opened >= _EARLY_DAYS, opened < _EARLY_DAYS)
    ]
    kept = slice(max(size - _MOST_MONTHS, 1), None)
    groups = _by_month(log.customer[again] % _GROUPS, month, (_GROUPS, size))
    return Table(
        _by_month(row, month, (2 * AGES.size, size))[:, kept],
        np.concatenate(lived)[:, kept],
        first + np.arange(size)[kept],
        _clumps(groups[:, kept]),
    )


def _by_month(row: Ints, month: Ints, shape: tuple[int, int]) -> Floats:
    cells = np.bincount(row * shape[1] + month, minlength=shape[0] * shape[1])
    return cells.reshape(shape).astype(np.float64)


def _customer_days(opened: Ints, ends: Ints) -> Floats:
    """Days that customers lived through, shape (ages, months).

    Parameters
    ----------
    opened, ends : ndarray, shapes (n,), (months + 1,)
        First purchases, and where months begin and end: days since the first of all.
    """
    span = int(ends[-1])
    arrived = np.cumsum(np.bincount(opened, minlength=span))
    # Customer-days from the first purchases on, up to each day.
    lived = np.concatenate([[0.0], np.cumsum(arrived)])
    older = np.diff(lived[np.clip(ends - AGES[:, None], 0, span)], axis=1)
    return np.asarray(older - np.append(older[1:], np.zeros((1, older.shape[1])), 0))


def _clumps(by_group: Floats) -> float:
    """Pearson's chi-squared of groups of customers by month, per degree of freedom."""
    total = by_group.sum()
    if total == 0:
        return 1.0
    expected = np.outer(by_group.sum(axis=1), by_group.sum(axis=0)) / total
    seen = expected > 0
    chi_squared = float(((by_group - expected)[seen] ** 2 / expected[seen]).sum())
    freedom = (by_group.shape[0] - 1) * max(by_group.shape[1] - 1, 1)
    return float(max(chi_squared / freedom, 1.0))
