"""The front door: an order log in, one row of predictions per customer out."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.clv.borrowed import Borrowed, borrowed
from ml_assets.clv.candidates import Candidate
from ml_assets.clv.choice import Choice, choose, choose_by_likelihood
from ml_assets.clv.errors import CustomerValueError, InvalidParameters, InvalidSummaries
from ml_assets.clv.forecast import Buying, Money, expected_buying, expected_money
from ml_assets.clv.histories import Floats, check_histories, column_of_floats
from ml_assets.clv.horizons import Standing
from ml_assets.clv.intervals import Interval, amount_interval, probability_interval
from ml_assets.clv.next_order import KNOWN_DAYS, days_until_order
from ml_assets.clv.purchases import PurchaseDays, Seen, Spent, purchase_days
from ml_assets.clv.seasons.operational_time import EVEN
from ml_assets.clv.seasons.prices import in_prices_of_today
from ml_assets.clv.seasons.season_choice import season_of
from ml_assets.clv.seasons.trend import Trend
from ml_assets.clv.seasons.trends import Trends
from ml_assets.clv.spending import Spending, spending
from ml_assets.clv.totals import total_of, totals_by_group
from ml_assets.clv.unusual_amounts import learned_from
from ml_assets.sentences import said

__all__ = ["CustomerModel", "fit", "fit_log", "fit_summary"]

# One customer above this share of revenue is mentioned.
_LARGEST_SHARE: Final = 0.25
_PREDICTED: Final = (
    "probability_active",
    "probability_no_purchase",
    "expected_orders",
    "expected_value",
)
_TIME_UNITS: Final = {"days": 1.0, "weeks": 7.0}


@dataclass(frozen=True, eq=False)
class CustomerModel:
    """A fitted company. `status` says what its predictions rest on, `reason` why.

    `status` is "fitted" (a purchase model of this company; a `reason` is a word of
    caution), "cohort_average" (too few repeat buyers or too short a history: what
    customers of other shops do, see `borrowed`, with wide intervals) or "none" (nothing
    to go by: predictions are empty). `candidates` is the account of the choice, best
    first.
    """

    status: str
    reason: str | None
    customers: npt.NDArray[np.object_]
    seen: Seen
    spending: Spending
    choice: Choice | None = None
    average: Borrowed | None = None
    log: PurchaseDays | None = field(default=None, repr=False)
    as_of_day: int = 0
    _forecasts: dict[int, tuple[Buying, Money]] = field(
        default_factory=dict, repr=False
    )
    _totals: dict[int, "pd.Series[float]"] = field(default_factory=dict, repr=False)

    @property
    def as_of(self) -> dt.date:
        """The day the histories are counted to."""
        return dt.date(1970, 1, 1) + dt.timedelta(days=self.as_of_day)

    @property
    def candidates(self) -> list[Candidate]:
        """Every model that was tried, the chosen one first."""
        if self.choice is None:
            return []
        chosen = self.choice.orders
        return [chosen, *(c for c in self.choice.candidates if c.name != chosen.name)]

    @cached_property
    def standing(self) -> Standing:
        """The customers as the models see them, in days of the season."""
        season = self.choice.season if self.choice else EVEN
        return Standing.of(season.histories(self.seen.histories, self.as_of_day))

    def trend(self, days: int) -> Trend:
        """The corrections a forecast of that horizon gets."""
        return self._trends.of(days) if self._trends else Trend()

    @cached_property
    def _trends(self) -> Trends | None:
        if self.choice is None or self.log is None:
            return None
        return Trends(self.log, self.as_of_day, self.choice)

    def predict(self, days: int, what: Sequence[str] = _PREDICTED) -> pd.DataFrame:
        """Predict every customer over the next `days`.

        Parameters
        ----------
        what
            Which of the four numbers below; all of a million customers fill memory.

        Returns
        -------
        DataFrame
            One row per customer: `customer_id`; `probability_active`,
            `probability_no_purchase` (shares), `expected_orders` (purchase days) and
            `expected_value` (net revenue in the currency of the log, not discounted),
            each with `_lower` and `_upper`: 90 % intervals. Those of orders and value
            are where the outcome falls, widened where they do not hold the expectation
            (who most likely buys nothing is expected a little), those of probabilities
            where the probability itself lies. NaN where `status` is "none".
        """
        buying, money = self._forecast(days)
        silent, value = buying.no_purchase, money.value
        columns: dict[str, tuple[Floats, Callable[[], Interval]]] = {
            "probability_active": (
                buying.active,
                lambda: probability_interval(buying.active, buying.active_logit_sd),
            ),
            "probability_no_purchase": (
                silent,
                lambda: probability_interval(silent, buying.no_purchase_logit_sd),
            ),
            "expected_orders": (buying.orders, lambda: buying.orders_interval),
            "expected_value": (
                value,
                lambda: amount_interval(silent, value, money.value_square),
            ),
        }
        table: dict[str, object] = {"customer_id": self.customers}
        for name in what:
            estimate, interval_of = columns[name]
            interval, known = interval_of(), np.isfinite(estimate)
            table[name] = estimate
            lower = np.minimum(interval.lower, estimate)
            upper = np.maximum(interval.upper, estimate)
            table[f"{name}_lower"] = np.where(known, lower, np.nan)
            table[f"{name}_upper"] = np.where(known, upper, np.nan)
        return pd.DataFrame(table, copy=False)

    def predict_total(self, days: int) -> "pd.Series[float]":
        """All customers together over the next `days`; new ones are not in it.

        Returns
        -------
        Series
            As of `total_of`.
        """
        if days not in self._totals:
            self._totals[days] = total_of(*self._forecast(days))
        return self._totals[days].copy()

    def predict_groups(
        self, days: int, groups: npt.NDArray[np.object_]
    ) -> pd.DataFrame:
        """The same of each group of customers; see `totals_by_group`."""
        return totals_by_group(*self._forecast(days), groups)

    def next_order(self) -> pd.DataFrame:
        """When each customer is likely to order next.

        Returns
        -------
        DataFrame
            `customer_id`; `days_until_order`, the median, and its `_lower` and
            `_upper` (80 % interval), in days after `as_of`. NaN means: not likely to
            come within a year; for `_upper` often, for the median of many.
        """
        size = self.customers.size
        days = np.full((size, 3), np.nan)
        if self.choice is not None:
            no_purchase = self._forecast(KNOWN_DAYS)[0].no_purchase
            days = days_until_order(
                self.choice, self.standing, no_purchase, as_of_day=self.as_of_day
            )
        return pd.DataFrame(
            {
                "customer_id": self.customers,
                "days_until_order": days[:, 1],
                "days_until_order_lower": days[:, 0],
                "days_until_order_upper": days[:, 2],
            }
        )

    def forget_forecasts(self) -> None:
        """Of what was predicted keep the totals alone."""
        self._forecasts.clear()

    def _forecast(self, days: int) -> tuple[Buying, Money]:
        if days not in self._forecasts:
            computed = self._computed(days)
            # Of the last horizon alone: each takes 100 MB of a million customers.
            self.forget_forecasts()
            self._forecasts[days] = computed
        return self._forecasts[days]

    def _computed(self, days: int) -> tuple[Buying, Money]:
        if not (np.isfinite(days) and days > 0):
            raise InvalidParameters(f"days is {days}: it must be above 0")
        correction, size = self.trend(days), self.customers.size
        if self.choice is not None:
            ahead = float(self.choice.season.length(self.as_of_day, days))
            buying = expected_buying(self.choice, self.standing, correction, ahead)
        elif self.average is not None:
            buying = self.average.expected_buying(self.seen.histories, float(days))
        else:
            buying = Buying.unknown(size)
        return buying, expected_money(buying, self.spending, correction, self.seen)


def fit(
    transactions: pd.DataFrame,
    as_of: dt.date | None = None,
    *,
    penalizer: float = 0.0,
) -> CustomerModel:
    """Fit a company from its order log.

    Parameters
    ----------
    transactions : DataFrame
        `customer_id`, `ordered_at` (dates, or timestamps in the shop's time zone) and
        `amount` (net revenue, one currency, from 0). Rows of one customer and day are
        one purchase.
    as_of : date or None
        Rows after it are not looked at; None is the day of the last row.
    penalizer : float
        lifetimes' `penalizer_coef` of every model; 0 is maximum likelihood.

    Raises
    ------
    InvalidTransactions
        Naming the column and the row. Too little data is no error: see `status`.
    """
    log, as_of_day = purchase_days(transactions, as_of)
    return fit_log(log, as_of_day, penalizer)


def fit_log(
    everything: PurchaseDays, as_of_day: int, penalizer: float = 0.0
) -> CustomerModel:
    """`fit` for purchase days that were counted before.

    Parameters
    ----------
    everything : PurchaseDays
        With at least one row up to the day; later ones are not looked at.
    """
    paid = everything.up_to(as_of_day)
    priced, prices = in_prices_of_today(paid, as_of_day)
    log = learned_from(priced, as_of_day, penalizer)
    seen = log.seen_at(as_of_day)
    spend = spending(seen, log.amount, penalizer)
    # What is told of the past is what was paid.
    seen = seen._replace(monetary_value=paid.seen_at(as_of_day).monetary_value)
    customers = log.customers[seen.customer]
    try:
        season = season_of(log, as_of_day, penalizer)
        choice = replace(choose(log, as_of_day, penalizer, season), prices=prices)
    except CustomerValueError as failure:
        return _without_model(said(failure), customers, seen, spend, as_of_day)
    return CustomerModel(
        "fitted",
        _dependence(log),
        customers,
        seen,
        spend,
        choice=choice,
        log=log,
        as_of_day=as_of_day,
    )


def fit_summary(frame: pd.DataFrame, *, time_unit: str = "days") -> CustomerModel:
    """Fit from histories that were counted elsewhere.

    Without dates there are no inner origins: the model is chosen by likelihood, and
    neither trend nor season is corrected for.

    Parameters
    ----------
    frame : DataFrame
        `x` (repeat purchases), `t_x` and `T` in `time_unit`; with `m`, the mean spend
        per repeat purchase, value is predicted too; with `customer_id`, rows keep it,
        else they are numbered.
    time_unit
        "days" or "weeks". `predict` counts days all the same.

    Raises
    ------
    InvalidSummaries
        Naming the column and the row.
    """
    if time_unit not in _TIME_UNITS:
        raise InvalidSummaries(
            f"time_unit is {time_unit!r}: use {' or '.join(_TIME_UNITS)}. Months and "
            "years differ in length, so convert them to days."
        )
    days = _TIME_UNITS[time_unit]
    histories = check_histories(
        column_of_floats(frame, "x"),
        column_of_floats(frame, "t_x") * days,
        column_of_floats(frame, "T") * days,
    )
    x = histories.frequency
    m = column_of_floats(frame, "m") if "m" in frame else np.full(x.size, np.nan)
    ids = np.asarray(frame.get("customer_id", frame.index), dtype=object)
    seen = Seen(np.arange(x.size), histories, m, np.zeros(x.size), Spent(x, m))
    amounts = m[(x > 0) & np.isfinite(m)]
    spend = _unknown_spending(x.size)
    if "m" in frame:
        spend = spending(seen, amounts)
    try:
        choice = choose_by_likelihood(seen)
    except CustomerValueError as failure:
        return _without_model(said(failure), ids, seen, spend, 0)
    return CustomerModel("fitted", None, ids, seen, spend, choice=choice)


def _dependence(log: PurchaseDays) -> str | None:
    """A word of caution when one customer makes the company's totals."""
    revenue = np.bincount(log.customer, weights=log.amount)
    total = float(revenue.sum())
    largest = int(revenue.argmax())
    if total <= 0 or revenue[largest] <= _LARGEST_SHARE * total:
        return None
    name = log.customers[largest]
    return (
        f"customer {name} makes {revenue[largest] / total:.0%} of all revenue: totals "
        "of value stand and fall with this one customer. Look at it by itself."
    )


def _without_model(
    reason: str,
    customers: npt.NDArray[np.object_],
    seen: Seen,
    spend: Spending,
    as_of_day: int,
) -> CustomerModel:
    average = borrowed(seen)
    status = "none" if average is None else "cohort_average"
    return CustomerModel(
        status, reason, customers, seen, spend, average=average, as_of_day=as_of_day
    )


def _unknown_spending(size: int) -> Spending:
    unknown: Floats = np.full(size, np.nan)
    return Spending(unknown, unknown, unknown, None, "there is no column m")
