"""How good forecasts were once the truth is known: one definition of every score."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ml_assets.clv.calibration import expected_calibration_error, log_loss
from ml_assets.clv.histories import Bools, Floats

__all__ = ["area_under_curve", "calibration_by_decile", "coverage", "grade"]


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
    error = predictions["expected_orders"].to_numpy() - orders
    worth = predictions["expected_value"].to_numpy() - value
    buys = 1 - predictions["probability_no_purchase"].to_numpy()
    bought = orders > 0
    return {
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "bias": _share(error, orders),
        "value_mae": float(np.abs(worth).mean()),
        "value_bias": _share(worth, value),
        "brier": float(((buys - bought) ** 2).mean()),
        "log_loss": log_loss(buys, bought),
        "auc": area_under_curve(buys, bought),
        "calibration_error": expected_calibration_error(buys, bought),
        "orders_coverage": coverage(predictions, "expected_orders", orders),
        "value_coverage": coverage(predictions, "expected_value", value),
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
