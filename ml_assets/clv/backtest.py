"""Backtest: forget everything after a date, predict it, and look."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.clv.candidates import fit_candidate
from ml_assets.clv.customer_model import CustomerModel, fit_log
from ml_assets.clv.errors import CustomerValueError, InvalidTransactions
from ml_assets.clv.grading import calibration_by_decile, grade
from ml_assets.clv.horizons import forecast_horizons
from ml_assets.clv.next_order_grades import (
    days_until_next,
    grade_next_order,
    own_wait,
)
from ml_assets.clv.purchases import Later, PurchaseDays, Seen, purchase_days

__all__ = [
    "Backtest",
    "backtest",
    "backtest_log",
    "by_group",
    "naive_rate",
    "plain_forecast",
]

_TRACKED: Final = ["days", "expected", "lower", "upper", "actual"]


@dataclass(frozen=True, eq=False)
class Backtest:
    """A forecast beside what happened.

    `scores` (see `grade`, `grade_next_order`) has the columns `model` and `naive`, the
    own rate; `predictions` a row per customer with `actual_orders` and `actual_value`;
    `total` is `CustomerModel.predict_total` with the actual totals; `calibration` has
    groups by stated probability; `without_penalizer` is at maximum likelihood.
    """

    calibration_end: dt.date
    days: int
    model: CustomerModel
    predictions: pd.DataFrame
    total: "pd.Series[float]"
    scores: pd.DataFrame
    calibration: pd.DataFrame
    log: PurchaseDays = field(repr=False)
    without_penalizer: "Backtest | None" = None

    def tracking(self, points: int = 12) -> pd.DataFrame:
        """How expected and actual orders added up after the calibration.

        Returns
        -------
        DataFrame
            One row per horizon, evenly spaced up to `days`: `days`, `expected`,
            `lower`, `upper` (90 %) and `actual`, purchase days of all customers.
        """
        end, seen = self.model.as_of_day, self.model.seen
        horizons = sorted(
            {max(1, round(self.days * k / points)) for k in range(1, points + 1)}
        )
        rows = []
        for days in horizons:
            total = self.model.predict_total(days)
            rows.append(
                (
                    days,
                    total["expected_orders"],
                    total["expected_orders_lower"],
                    total["expected_orders_upper"],
                    self.log.later(seen, end, days).purchases.sum(),
                )
            )
        return pd.DataFrame(rows, columns=_TRACKED)

    def __str__(self) -> str:
        """The verdict in words, then the scores."""
        total = self.total
        return (
            f"{self.days} days after {self.calibration_end}: expected "
            f"{total['expected_orders']:,.0f} orders (90 % interval "
            f"{total['expected_orders_lower']:,.0f} to "
            f"{total['expected_orders_upper']:,.0f}), {total['actual_orders']:,.0f} "
            f"came; expected {total['expected_value']:,.0f} in revenue "
            f"({total['expected_value_lower']:,.0f} to "
            f"{total['expected_value_upper']:,.0f}), {total['actual_value']:,.0f} came."
            f"\n{self.scores.round(4).to_string()}"
        )


def backtest(
    transactions: pd.DataFrame, *, calibration_end: dt.date, days: int
) -> Backtest:
    """Fit up to a date, predict the `days` after it and compare.

    Parameters
    ----------
    transactions : DataFrame
        As for `fit`; it must reach `days` beyond `calibration_end`.

    Raises
    ------
    InvalidTransactions
        Also when the log ends before the last predicted day.
    """
    log, last_day = purchase_days(transactions)
    _, end = purchase_days(transactions, calibration_end)
    if last_day < end + days:
        raise InvalidTransactions(
            f"the log ends on {np.datetime64(last_day, 'D')}, but {days} days after "
            f"{calibration_end} is {np.datetime64(end + days, 'D')}. Choose an earlier "
            "calibration_end or fewer days."
        )
    return backtest_log(log, end, days)


def backtest_log(
    log: PurchaseDays, end: int, days: int, penalizer: float = 0.0
) -> Backtest:
    """`backtest` of purchase days that are known to reach `days` beyond the day `end`.

    Parameters
    ----------
    log : PurchaseDays
        What comes after `end` is only looked at to judge.
    """
    model = fit_log(log, end, penalizer)
    seen = model.seen
    later = log.later(seen, end, days)
    predictions = model.predict(days).assign(
        actual_orders=later.purchases, actual_value=later.amount
    )
    total = model.predict_total(days)
    total["actual_orders"] = later.purchases.sum()
    total["actual_value"] = later.amount.sum()
    naive = naive_rate(seen, days, float(np.nanmean(log.up_to(end).amount)))
    return Backtest(
        calibration_end=model.as_of,
        days=days,
        model=model,
        predictions=predictions,
        total=total,
        scores=pd.concat(
            [_scores(predictions, naive, later), _next_orders(model, log, days)]
        ),
        calibration=calibration_by_decile(
            1 - predictions["probability_no_purchase"].to_numpy(), later.purchases > 0
        ),
        log=log,
    )


def by_group(test: Backtest, groups: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Expected totals of groups of customers beside what came.

    Parameters
    ----------
    groups : ndarray, shape (n,)
        The group of each row of `predictions`; None is in none.

    Returns
    -------
    DataFrame
        As of `totals_by_group`, with `actual_orders` and `actual_value`.
    """
    found = test.model.predict_groups(test.days, groups)
    came = test.predictions[["actual_orders", "actual_value"]].groupby(groups).sum()
    return found.join(came)


def naive_rate(seen: Seen, days: float, mean_amount: float) -> pd.DataFrame:
    """What anybody would guess: the own rate x / T goes on, for the own mean amount.

    P(no purchase) is that of a Poisson process; `mean_amount` stands in for one-time
    buyers.
    """
    x, _, age = seen.histories
    orders = x / np.maximum(age, 1.0) * days
    worth = np.where(x > 0, seen.monetary_value, mean_amount)
    return pd.DataFrame(
        {
            "probability_no_purchase": np.exp(-orders),
            "expected_orders": orders,
            "expected_value": orders * worth,
        }
    )


def plain_forecast(model: CustomerModel, days: float) -> pd.DataFrame | None:
    """BG/NBD and the model's spending, uncorrected: None where it could not be fitted.

    What was published before a company's own past chose its model; it knows no season.
    """
    fits = {candidate.name: candidate.fit for candidate in model.candidates}
    plain = fits.get("bg_nbd")
    if plain is None or model.choice is None:
        return None
    if not model.choice.season.is_even:
        try:
            plain = fit_candidate("bg_nbd", model.seen, model.choice.penalizer)
        except CustomerValueError:
            return None
    at_horizon = forecast_horizons(
        plain.parameters, np.array([float(days)]), model.seen.histories
    )
    orders = at_horizon.mean[:, 0]
    return pd.DataFrame(
        {
            "probability_no_purchase": at_horizon.no_purchase[:, 0],
            "expected_orders": orders,
            "expected_value": orders * model.spending.mean,
        }
    )


def _scores(
    predictions: pd.DataFrame, naive: pd.DataFrame, later: Later
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": grade(predictions, later.purchases, later.amount),
            "naive": grade(naive, later.purchases, later.amount),
        }
    )


def _next_orders(model: CustomerModel, log: PurchaseDays, days: int) -> pd.DataFrame:
    seen = model.seen
    came = days_until_next(log, seen, model.as_of_day, days)
    return grade_next_order(model.next_order(), own_wait(seen.histories), came, days)
