"""How good forecasts were once the truth is known: one definition of every score."""

import datetime as dt

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ml_assets.clv.calibration import expected_calibration_error, log_loss
from ml_assets.clv.histories import Bools, Floats
from ml_assets.clv.purchases import PurchaseDays, days_since_1970

__all__ = [
    "area_under_curve",
    "calibration_by_decile",
    "coverage",
    "grade",
    "grade_chances",
    "grade_forecast",
    "grade_orders",
    "grade_value",
]


def grade(predictions: pd.DataFrame, orders: Floats, value: Floats) -> dict[str, float]:
    """Scores of one forecast.

    Parameters
    ----------
    predictions : DataFrame
        As `CustomerModel.predict` returns them; intervals may be missing.
    orders, value : ndarray, shape (n,)
        Purchase days and revenue that came in the horizon, row by row.

    Returns
    -------
    dict
        `mae`, `rmse` (purchase days per customer), `bias` and `value_bias` (share:
        expected total over actual total, less 1), `value_mae` (currency per customer);
        `brier`, `log_loss` (nats), `auc`, `calibration_error` (share) of P(any
        purchase); `orders_coverage`, `value_coverage` (share of customers inside
        their interval). NaN where there is nothing to compare.
    """
    buys = 1 - predictions["probability_no_purchase"].to_numpy()
    return {
        **grade_orders(predictions, orders),
        **grade_value(predictions, value),
        **grade_chances(buys, orders > 0),
    }


def grade_orders(predictions: pd.DataFrame, orders: Floats) -> dict[str, float]:
    """`mae`, `rmse`, `bias` and `orders_coverage` of `grade`."""
    error = predictions["expected_orders"].to_numpy() - orders
    return {
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "bias": _share(error, orders),
        "orders_coverage": coverage(predictions, "expected_orders", orders),
    }


def grade_value(predictions: pd.DataFrame, value: Floats) -> dict[str, float]:
    """`value_mae`, `value_bias` and `value_coverage` of `grade`."""
    worth = predictions["expected_value"].to_numpy() - value
    return {
        "value_mae": float(np.abs(worth).mean()),
        "value_bias": _share(worth, value),
        "value_coverage": coverage(predictions, "expected_value", value),
    }


def grade_chances(buys: Floats, bought: Bools) -> dict[str, float]:
    """`brier`, `log_loss`, `auc` and `calibration_error` of `grade`.

    Parameters
    ----------
    buys : ndarray, shape (n,)
        P(any purchase).
    """
    return {
        "brier": float(((buys - bought) ** 2).mean()),
        "log_loss": log_loss(buys, bought),
        "auc": area_under_curve(buys, bought),
        "calibration_error": expected_calibration_error(buys, bought),
    }


def coverage(predictions: pd.DataFrame, column: str, actual: Floats) -> float:
    """Share of customers whose outcome lies in the interval of a column."""
    if f"{column}_lower" not in predictions:
        return float("nan")
    low, high = (predictions[f"{column}_{end}"] for end in ("lower", "upper"))
    return float(((actual >= low) & (actual <= high)).mean())


def area_under_curve(probability: Floats, happened: Bools) -> float:
    """P(a buyer was given more than a non-buyer), ties half; NaN without both."""
    buyers = int(happened.sum())
    others = happened.size - buyers
    if not buyers or not others:
        return float("nan")
    ranks = rankdata(probability)[happened].sum()
    return float((ranks - buyers * (buyers + 1) / 2) / (buyers * others))


def calibration_by_decile(probability: Floats, happened: Bools) -> pd.DataFrame:
    """Ten groups by stated probability.

    Returns
    -------
    DataFrame
        `decile` (1 lowest), `customers`, `predicted` and `actual` (shares).
    """
    order = np.argsort(probability, kind="stable")
    groups = [group for group in np.array_split(order, 10) if group.size]
    return pd.DataFrame(
        {
            "decile": range(1, len(groups) + 1),
            "customers": [group.size for group in groups],
            "predicted": [float(probability[group].mean()) for group in groups],
            "actual": [float(happened[group].mean()) for group in groups],
        }
    )


def _share(error: Floats, actual: Floats) -> float:
    total = float(actual.sum())
    return float(error.sum()) / total if total else float("nan")


def grade_forecast(
    said: pd.DataFrame, log: PurchaseDays, as_of_date: dt.date, days: int
) -> dict[str, float]:
    """Scores of a forecast that was made on a day, from the purchases since.

    Parameters
    ----------
    said : DataFrame
        `customer_id`, `expected_orders` with `_lower` and `_upper`; with
        `probability_no_purchase`, that is graded too.
    log : PurchaseDays
        Reaching at least `days` beyond `as_of_date`. Customers who are not in it
        bought nothing.

    Returns
    -------
    dict
        `actual_orders` and `actual_value` of all of them, `mae`, `rmse`, `bias`,
        `orders_coverage`, and of the probability `brier`, `log_loss`, `auc`,
        `calibration_error`: see `grade`.
    """
    day = days_since_1970(as_of_date)
    inside = (log.day > day) & (log.day <= day + days)
    size = log.customers.size
    orders = np.bincount(log.customer[inside], minlength=size)
    value = np.bincount(log.customer[inside], log.amount[inside], minlength=size)
    came = pd.DataFrame({"orders": orders, "value": value}, index=log.customers)
    came = came.reindex(said["customer_id"], fill_value=0.0).astype("float64")
    grades = {
        "actual_orders": float(came["orders"].sum()),
        "actual_value": float(came["value"].sum()),
        **grade_orders(said, came["orders"].to_numpy()),
    }
    if "probability_no_purchase" in said:
        buys = 1 - said["probability_no_purchase"].to_numpy()
        grades |= grade_chances(buys, came["orders"].to_numpy() > 0)
    return grades
