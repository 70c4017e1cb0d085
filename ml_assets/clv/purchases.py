"""From an order log to purchase days, and from those to histories at any date."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.clv.errors import InvalidTransactions
from ml_assets.clv.histories import Bools, Floats, Histories
from ml_assets.clv.seasons.operational_time import EVEN, Season
from ml_assets.sentences import quoted

__all__ = [
    "Later",
    "PurchaseDays",
    "Seen",
    "Spent",
    "days_since_1970",
    "purchase_days",
]

Ints = npt.NDArray[np.int64]
# Above any order of any currency, and small enough to be squared.
_LARGEST_AMOUNT = 1e15
_COLUMNS = ("customer_id", "ordered_at", "amount")


class Spent(NamedTuple):
    """What is known of spend, shapes (n,): purchase days, and the mean of each.

    The spend model reads nothing else. From a log these are all purchase days, the
    first included: it is what is known of a one-time buyer. `mean` is NaN or ignored
    where `days` is 0.
    """

    days: Floats
    mean: Floats


class Seen(NamedTuple):
    """What is known of the customers who bought up to a day, shapes (n,).

    `customer` is a position in `PurchaseDays.customers`; `monetary_value` the mean
    per repeat purchase day, NaN for one-time buyers; `log_intervals` the sum of
    ln(days between purchases); `spent` what the spend model learns from.
    """

    customer: Ints
    histories: Histories
    monetary_value: Floats
    log_intervals: Floats
    spent: Spent


class Later(NamedTuple):
    """Purchase days and their amount in a window, shapes (n,), as `Seen.customer`."""

    purchases: Floats
    amount: Floats


@dataclass(frozen=True, eq=False)
class PurchaseDays:
    """Distinct purchase days, sorted by customer and day.

    `customers` (n,) are the ids as given, sorted; `customer`, `day` and `amount`
    (rows,) hold the position of the customer, days since 1970 and the day's total.
    `tells_spend` (rows,) says whose amounts the spend model learns from; None is all.
    """

    customers: npt.NDArray[np.object_]
    customer: Ints
    day: Ints
    amount: Floats
    tells_spend: Bools | None = None

    @classmethod
    def empty(cls) -> "PurchaseDays":
        """Nobody bought anything yet."""
        nobody, none = np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64)
        return cls(nobody, none, none, np.zeros(0))

    @property
    def first_day(self) -> int:
        """Day of the first purchase of all, in days since 1970."""
        return int(self.day.min())

    def up_to(self, day: int) -> "PurchaseDays":
        """The same log as it was at the end of a day."""
        kept = self.day <= day
        return self if kept.all() else self._of(kept)

    def some(self, most: int) -> "PurchaseDays":
        """About `most` customers at the most: every n-th, always the same ones."""
        step = -(-self.customers.size // most)
        if step <= 1:
            return self
        return self._of(self.customer % step == 0)

    def _of(self, kept: Bools) -> "PurchaseDays":
        tells = None if self.tells_spend is None else self.tells_spend[kept]
        return PurchaseDays(
            self.customers,
            self.customer[kept],
            self.day[kept],
            self.amount[kept],
            tells,
        )

    def seen_at(self, day: int, season: Season = EVEN) -> Seen:
        """Histories of the customers who bought up to a day, T counted to it.

        With a season times are operational days: of histories and of waits.
        """
        log = self.up_to(day)
        starts = np.flatnonzero(np.diff(log.customer, prepend=-1))
        first = np.zeros(log.day.size, dtype=bool)
        first[starts] = True
        moment = season.moment(log.day)
        waited = np.diff(moment, prepend=0.0)
        waited[first] = 1
        counts = np.diff(np.append(starts, log.day.size))
        repeats = counts - 1
        spent = np.add.reduceat(np.where(first, 0.0, log.amount), starts)
        with np.errstate(invalid="ignore"):
            mean = np.where(repeats > 0, spent / repeats, np.nan)
        first_day, last_day = moment[starts], moment[starts + repeats]
        return Seen(
            customer=log.customer[starts],
            histories=Histories(
                repeats.astype(np.float64),
                last_day - first_day,
                season.moment(day) - first_day,
            ),
            monetary_value=mean,
            log_intervals=np.add.reduceat(np.log(waited), starts),
            spent=_spent(log, starts, counts),
        )

    def later(self, seen: Seen, after: int, days: int) -> Later:
        """Purchases of those customers in the `days` after a day."""
        inside = (self.day > after) & (self.day <= after + days)
        who, size = self.customer[inside], self.customers.size
        purchases = np.bincount(who, minlength=size)
        amount = np.bincount(who, weights=self.amount[inside], minlength=size)
        return Later(
            purchases[seen.customer].astype(np.float64),
            amount[seen.customer].astype(np.float64),
        )


def _spent(log: PurchaseDays, starts: Ints, counts: Ints) -> Spent:
    """Of the purchase days that tell of spend, by customer."""
    if log.tells_spend is None:
        amounts = np.add.reduceat(log.amount, starts)
        return Spent(counts.astype(np.float64), amounts / counts)
    days = np.add.reduceat(log.tells_spend.astype(np.float64), starts)
    amounts = np.add.reduceat(np.where(log.tells_spend, log.amount, 0.0), starts)
    return Spent(days, amounts / np.maximum(days, 1.0))


def purchase_days(
    transactions: pd.DataFrame, as_of: dt.date | None = None
) -> tuple[PurchaseDays, int]:
    """Merge a log into purchase days and find its as-of day, in days since 1970.

    Parameters
    ----------
    transactions : DataFrame
        `customer_id`; `ordered_at`, dates or timestamps in the shop's time zone;
        `amount`, net revenue in one currency, from 0. Rows of one customer and day
        are one purchase. With a column `currency_code`, it must hold one value.
    as_of : date or None
        Rows after it are left out; None is the day of the last row.

    Raises
    ------
    InvalidTransactions
        Naming the column and the first row that cannot be used.
    """
    _check_columns(transactions)
    day = _days(transactions["ordered_at"])
    amount = pd.to_numeric(transactions["amount"], errors="coerce")
    amounts = amount.to_numpy(dtype=np.float64, na_value=np.nan)
    _refuse(~np.isfinite(amounts), transactions, "amount", "is not an amount")
    _refuse(
        amounts < 0,
        transactions,
        "amount",
        "is below 0: take refunds off the order they belong to",
    )
    _refuse(amounts > _LARGEST_AMOUNT, transactions, "amount", "is more than any order")
    as_of_day = int(day.max()) if as_of is None else days_since_1970(as_of)
    kept = day <= as_of_day
    if not kept.any():
        raise InvalidTransactions(
            f"there is no order up to {as_of}: the first is of "
            f"{np.datetime64(int(day.min()), 'D')}. Choose a later as-of date."
        )
    codes, customers = pd.factorize(transactions["customer_id"], sort=True)
    log = PurchaseDays(
        np.asarray(customers, dtype=object),
        *_merged(codes[kept].astype(np.int64), day[kept], amounts[kept]),
    )
    return log, as_of_day


def _merged(customer: Ints, day: Ints, amount: Floats) -> tuple[Ints, Ints, Floats]:
    """Sorted by customer and day, those of one day added up."""
    order = np.lexsort((day, customer))
    customer, day, amount = customer[order], day[order], amount[order]
    again = (np.diff(customer) == 0) & (np.diff(day) == 0)
    if not again.any():
        return customer, day, amount
    rows = pd.DataFrame({"customer": customer, "day": day, "amount": amount})
    days = rows.groupby(["customer", "day"], sort=True)["amount"].sum()
    return (
        days.index.get_level_values(0).to_numpy(dtype=np.int64),
        days.index.get_level_values(1).to_numpy(dtype=np.int64),
        days.to_numpy(dtype=np.float64),
    )


def _check_columns(transactions: pd.DataFrame) -> None:
    for column in _COLUMNS:
        if column not in transactions:
            raise InvalidTransactions(
                f"column {column} is missing from the transactions: they have "
                f"{', '.join(map(str, transactions.columns))}"
            )
    if transactions.empty:
        raise InvalidTransactions("the transactions have no rows: load some orders")
    missing = transactions["customer_id"].isna().to_numpy()
    _refuse(missing, transactions, "customer_id", "is empty")
    if "currency_code" in transactions:
        currencies = sorted(map(str, transactions["currency_code"].unique()))
        if len(currencies) > 1:
            raise InvalidTransactions(
                f"column currency_code holds {', '.join(currencies)}: amounts of "
                "several currencies cannot be added. Convert them to one first."
            )


def _days(ordered_at: pd.Series) -> Ints:
    """Calendar days as given, in days since 1970; a time zone is left as it is."""
    if isinstance(ordered_at.dtype, pd.DatetimeTZDtype):
        moments = ordered_at.dt.tz_localize(None)
    else:
        moments = pd.to_datetime(ordered_at, errors="coerce")
    frame = ordered_at.to_frame()
    _refuse(moments.isna().to_numpy(), frame, str(ordered_at.name), "is not a date")
    whole_days = moments.to_numpy().astype("datetime64[D]")
    return np.asarray(whole_days.astype(np.int64))


def days_since_1970(date: dt.date) -> int:
    """The day as `PurchaseDays.day` counts it."""
    # A timestamp is a date too; its time of day does not matter here.
    return int(np.datetime64(date.strftime("%Y-%m-%d"), "D").astype(np.int64))


def _refuse(
    bad: npt.NDArray[np.bool_], frame: pd.DataFrame, column: str, rule: str
) -> None:
    if not bad.any():
        return
    row = int(np.flatnonzero(bad)[0])
    raise InvalidTransactions(
        f"column {column}, row {row}: {quoted(frame[column].tolist()[row])} {rule} "
        f"({int(bad.sum())} of {bad.size} rows). Correct them and fit again."
    )
