"""What customers that channels won are worth, with intervals, and which differ."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["compare_channels", "sum_values", "total_margin"]

Floats = npt.NDArray[np.float64]

Z: Final = 1.645
"""Intervals are of 90 %."""


def sum_values(summed: pd.DataFrame) -> pd.DataFrame:
    """Put intervals around sums of 12-month values.

    Parameters
    ----------
    summed
        One row per group of customers: ``observed_value`` and ``value_12m`` (money),
        ``independent_variance`` (money squared), the sum of the variances of single
        customers, and ``shared_error`` (money), the sum of what all predictions are off
        together: the first cancel out, the second adds up.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``value_12m_lower``, never less than was bought already, and
        ``value_12m_upper``, of 90 %.
    """
    value, observed = (_of(summed, name) for name in ("value_12m", "observed_value"))
    error = _error(*(_of(summed, name) for name in _ERRORS))
    return summed.assign(
        value_12m_lower=np.maximum(value - Z * error, observed),
        value_12m_upper=value + Z * error,
    )


def total_margin(summed: pd.DataFrame) -> float:
    """How far the sum of all these groups may be off to either side, of 90 %, in money.

    Parameters
    ----------
    summed
        As of `sum_values`.
    """
    return float(Z * _error(*(_of(summed, name).sum() for name in _ERRORS)))


def compare_channels(days: pd.DataFrame, channels: pd.DataFrame) -> pd.DataFrame:
    """Hold the customers of each channel with spend against those of the others.

    Customers differ, and what is predicted of them may be wrong. The first shows in how
    days differ from the channel's mean, each counted as one draw; of the ratio of two
    means the logarithm is taken as normal (delta method), without what predictions
    share. Spend is known, how many it wins is chance: a Poisson count each.

    Parameters
    ----------
    days
        One row per ``channel_id`` and day: ``customer_count`` (at least 1),
        ``value_12m``, ``independent_variance`` and ``shared_error``, as of
        `sum_values`.
    channels
        One row per ``channel_id`` of `days`: ``spend`` (money, NaN if not told) and
        ``value_per_customer``, the mean that days are held against.

    Returns
    -------
    pandas.DataFrame
        One row per ``channel_id``: ``is_paid``; ends of the mean value of a customer
        (``value_per_customer_lower``, 0 at least, and ``_upper``);
        ``others_customer_count`` and ``others_value_per_customer``;
        ``difference_rate``, mean value / that of the others - 1, and
        ``cost_difference_rate``, the same of spend per customer, with their ends
        (``_lower``, ``_upper``). Of 90 %; NaN where nothing stands beside.
    """
    one = _summed(days, channels)
    count, value = _of(one, "customer_count"), _of(one, "value_12m")
    variance, shared = _of(one, "variance"), _of(one, "shared_error")
    error = _error(variance, shared) / count
    others = _others(one)
    ratio = (value / count) / (others["value_12m"] / others["customer_count"])
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(value != 0, value, np.nan)
        log_error = np.sqrt(
            variance / own**2
            + others["variance"] / others["value_12m"] ** 2
            + (shared / own - others["shared_error"] / others["value_12m"]) ** 2
        )
    other_spend = np.where(others["spend"] != 0, others["spend"], np.nan)
    cost = (_of(one, "spend") / count) / (other_spend / others["customer_count"])
    chance = np.sqrt(1 / count + 1 / others["customer_count"])
    return pd.DataFrame(
        {
            "channel_id": one["channel_id"],
            "is_paid": one["is_paid"],
            "value_per_customer_lower": np.maximum(value / count - Z * error, 0),
            "value_per_customer_upper": value / count + Z * error,
            "others_customer_count": others["customer_count"],
            "others_value_per_customer": others["value_12m"] / others["customer_count"],
            **_around("difference_rate", ratio, log_error),
            **_around("cost_difference_rate", cost, chance),
        }
    )


def _error(independent_variance: Floats, shared_error: Floats) -> Floats:
    return np.asarray(np.sqrt(independent_variance + shared_error**2))


def _summed(days: pd.DataFrame, channels: pd.DataFrame) -> pd.DataFrame:
    known = days.merge(channels, on="channel_id")
    apart = _of(known, "value_12m") - _of(known, "customer_count") * _of(
        known, "value_per_customer"
    )
    known["variance"] = apart**2 + _of(known, "independent_variance")
    columns = ["customer_count", "value_12m", "variance", "shared_error"]
    summed = known.groupby("channel_id")[columns].sum().reset_index()
    summed = summed.merge(channels[["channel_id", "spend"]], on="channel_id")
    return summed.assign(is_paid=_of(summed, "spend") > 0)


def _others(one: pd.DataFrame) -> dict[str, Floats]:
    """Sums of the other paid channels; NaN of what nothing paid stands beside."""
    is_paid = one["is_paid"].to_numpy(bool)
    columns = ("customer_count", "spend", "value_12m", "variance", "shared_error")
    beside = {
        name: np.where(is_paid, _of(one, name)[is_paid].sum() - _of(one, name), np.nan)
        for name in columns
    }
    for name in ("customer_count", "value_12m"):
        beside[name] = np.where(beside[name] != 0, beside[name], np.nan)
    return beside | {"variance": np.maximum(beside["variance"], 0)}


def _around(name: str, ratio: Floats, log_error: Floats) -> dict[str, Floats]:
    return {
        name: ratio - 1,
        f"{name}_lower": ratio * np.exp(-Z * log_error) - 1,
        f"{name}_upper": ratio * np.exp(Z * log_error) - 1,
    }


def _of(frame: pd.DataFrame, column: str) -> Floats:
    return frame[column].to_numpy(np.float64)


_ERRORS: Final = ("independent_variance", "shared_error")
