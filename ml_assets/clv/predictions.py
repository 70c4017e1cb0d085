"""One row of predictions per customer, from a fitted company."""

import datetime as dt
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ml_assets.clv.customer_model import CustomerModel
from ml_assets.clv.errors import InvalidSummaries
from ml_assets.clv.fit_identity import names_of
from ml_assets.clv.histories import (
    Floats,
    check_numbers,
    column_of_floats,
    distinct_positions,
    refuse_where,
)
from ml_assets.clv.horizons import means_in_parts
from ml_assets.clv.lifetime_value import (
    DEFAULT_ANNUAL_DISCOUNT_RATE,
    discounted_purchases,
    month_ends,
)
from ml_assets.clv.next_order import KNOWN_DAYS
from ml_assets.clv.order_gaps import order_gap_days
from ml_assets.clv.reasons import reason_codes
from ml_assets.clv.seasons.rising import rising
from ml_assets.sentences import quoted

__all__ = [
    "HORIZONS",
    "PREDICTION_COLUMNS",
    "SUMMARY_COLUMNS",
    "predict",
    "predict_totals",
]

SUMMARY_COLUMNS: Final = (
    "customer_id",
    "frequency",
    "recency_days",
    "age_days",
    "order_count",
    "historic_value",
)
PREDICTION_COLUMNS: Final = (
    "customer_id",
    "status",
    "frequency",
    "recency_days",
    "age_days",
    "order_count",
    "historic_value",
    "probability_alive",
    "probability_no_purchase_90d",
    "probability_no_purchase_90d_lower",
    "probability_no_purchase_90d_upper",
    "expected_orders_30d",
    "expected_orders_30d_lower",
    "expected_orders_30d_upper",
    "expected_orders_90d",
    "expected_orders_90d_lower",
    "expected_orders_90d_upper",
    "expected_orders_365d",
    "expected_orders_365d_lower",
    "expected_orders_365d_upper",
    "expected_order_value",
    "predicted_value_12m",
    "predicted_value_12m_lower",
    "predicted_value_12m_upper",
    "value_if_active_12m",
    "next_order_date",
    "next_order_date_lower",
    "next_order_date_upper",
    "reason_codes",
    "order_gap_p90_days",
)
HORIZONS: Final = (30, 90, 365)
_A_YEAR: Final = 365
# What follows the name of an estimate and of the ends of its interval.
_ENDS: Final = ("", "_lower", "_upper")
# What is read of each horizon.
_TOLD: Final = {
    30: ("expected_orders",),
    90: ("expected_orders", "probability_no_purchase"),
    _A_YEAR: ("expected_orders", "probability_active", "expected_value"),
}
# marts and predictions keep money as numeric(18,2), whatever the currency.
_WAREHOUSE_EXPONENT: Final = 2
# As many as Arrow's decimals can have: no amount is too large to be judged.
_DIGITS: Final = 38


def predict(
    model: CustomerModel,
    summaries: pd.DataFrame,
    *,
    currency_exponent: int = 2,
    annual_discount_rate: float = DEFAULT_ANNUAL_DISCOUNT_RATE,
) -> pd.DataFrame:
    """Predict every customer of one company.

    Parameters
    ----------
    model : CustomerModel
        With a status other than "none".
    summaries : DataFrame
        One row per customer of the model with SUMMARY_COLUMNS, counted apart from it.
        Other columns are ignored.
    currency_exponent : int
        Decimals of the currency: 2 for EUR, 0 for CLP. Money is rounded to it.
    annual_discount_rate : float
        Share per year: a month's purchases are paid at its end.

    Returns
    -------
    DataFrame
        PREDICTION_COLUMNS, sorted by `customer_id` as text, index 0..n-1. Counts
        are int64; probabilities and expectations float64; money is Decimal, and
        `historic_value` is passed on to the cent. An "order" of a horizon is a
        purchase day. `_lower` and `_upper` of probabilities, orders and value are 90 %
        intervals, of dates 80 %. `value_if_active_12m` is what the 12 months would
        bring from somebody certain to be still a customer. A date is null where an
        order within a year is less likely than that, `order_gap_p90_days` (whole days,
        see `order_gap_days`) where it is more than a year or the company has no model
        of its own. The same input gives the same bytes.

    Raises
    ------
    InvalidSummaries
        Also when summaries and model are not about the same customers.
    """
    rows = _in_order_of(model, summaries)
    told, dates = {}, {}
    # All of one horizon before the next one, which takes its place in memory.
    for days in HORIZONS:
        told[days] = model.predict(days, _TOLD[days])
        model.predict_total(days)
        if days == KNOWN_DAYS:
            dates = _dates(model)
    model.forget_forecasts()
    orders = {end: _rising(told, f"expected_orders{end}") for end in _ENDS[1:]}
    orders[""] = _adding_up(told, predict_totals(model)["expected_orders"])
    active = told[_A_YEAR]["probability_active"].to_numpy()
    order_value = model.spending.mean * model.trend(_A_YEAR).order_value.value
    discount = _discount_shares(model, annual_discount_rate)
    value = told[_A_YEAR]["expected_value"].to_numpy() * discount
    with np.errstate(divide="ignore", invalid="ignore"):
        if_active = np.where(active > 0, value / active, np.nan)

    def money(values: Floats) -> pd.Series:
        return _money(values, currency_exponent)

    columns: dict[str, object] = {
        "customer_id": model.customers,
        "status": model.status,
        **{
            name: _whole(rows, name).astype(np.int64)
            for name in ("frequency", "recency_days", "age_days", "order_count")
        },
        "historic_value": _money(_history(rows), _WAREHOUSE_EXPONENT),
        "probability_alive": active,
        **{
            f"probability_no_purchase_90d{end}": told[90][
                f"probability_no_purchase{end}"
            ].to_numpy()
            for end in _ENDS
        },
        **{
            f"expected_orders_{days}d{end}": orders[end][days]
            for days in HORIZONS
            for end in _ENDS
        },
        "expected_order_value": money(order_value),
        **{
            f"predicted_value_12m{end}": money(values)
            for end, values in _discounted(told[_A_YEAR], discount).items()
        },
        "value_if_active_12m": money(if_active),
        **dates,
        "reason_codes": reason_codes(
            model.seen.histories, order_value, is_average=model.choice is None
        ),
        "order_gap_p90_days": _order_gaps(model),
    }
    # As they are: a copy of every column takes as much again.
    return pd.DataFrame(columns, columns=list(PREDICTION_COLUMNS), copy=False)


def predict_totals(model: CustomerModel) -> pd.DataFrame:
    """All known customers together: what the forecast ledger keeps.

    Returns
    -------
    DataFrame
        One row per horizon: `horizon_days`, `customers`, `expected_orders` and
        `expected_value` (currency, not discounted), each with `_lower` and `_upper`
        (90 %).
    """
    rows = [
        {"horizon_days": days, **model.predict_total(days).to_dict()}
        for days in HORIZONS
    ]
    totals = pd.DataFrame(rows)
    # As for each customer: a longer horizon never holds less.
    for column in totals.columns.drop(["horizon_days", "customers"]):
        totals[column] = totals[column].cummax()
    return totals


def _in_order_of(model: CustomerModel, summaries: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in SUMMARY_COLUMNS if name not in summaries]
    if missing:
        raise InvalidSummaries(
            f"column {missing[0]} is missing from the customer summaries "
            f"(needed: {', '.join(SUMMARY_COLUMNS)})"
        )
    rows, ours = summaries, names_of(pd.Series(model.customers))
    if not ours.equals(names_of(summaries["customer_id"])):
        rows = summaries.iloc[_positions(ours, summaries["customer_id"])]
    for name, counted in model.seen.histories._asdict().items():
        refuse_where(
            _whole(rows, name) != counted,
            name,
            column_of_floats(rows, name),
            "is not what the purchases say: the mart changed during the run",
        )
    return rows


def _positions(
    names: pa.LargeStringArray, ids: "pd.Series[Any]"
) -> npt.NDArray[np.intp]:
    """Where the customers of the model stand among those of the summaries."""
    for bad, what in ((ids.isna(), "is empty"), (ids.duplicated(), "appears twice")):
        if bad.any():
            row = int(np.flatnonzero(bad.to_numpy())[0])
            raise InvalidSummaries(
                f"column customer_id, row {row}: {quoted(ids.tolist()[row])} {what}. "
                "Customer summaries hold one row per customer."
            )
    theirs = pd.Index(ids.astype(str), dtype=object)
    positions = theirs.get_indexer(pd.Index(names.to_pylist(), dtype=object))
    if len(names) != len(theirs) or (positions < 0).any():
        raise InvalidSummaries(
            f"the purchases are of {len(names)} customers, the customer summaries of "
            f"{len(theirs)}, and they are not the same ones. The mart changed "
            "during the run: run again."
        )
    return positions


def _rising(told: dict[int, pd.DataFrame], column: str) -> dict[int, Floats]:
    """Corrections differ by horizon; a longer one still never expects fewer orders."""
    by_horizon = [told[days][column].to_numpy() for days in HORIZONS]
    return dict(zip(HORIZONS, np.maximum.accumulate(by_horizon), strict=True))


def _adding_up(
    told: dict[int, pd.DataFrame], totals: "pd.Series[float]"
) -> dict[int, Floats]:
    alone = [told[days]["expected_orders"].to_numpy() for days in HORIZONS]
    return dict(zip(HORIZONS, rising(alone, totals.tolist()), strict=True))


def _discounted(told: pd.DataFrame, share: Floats) -> dict[str, Floats]:
    """The value with its interval, which moves with it."""
    return {end: told[f"expected_value{end}"].to_numpy() * share for end in _ENDS}


def _discount_shares(model: CustomerModel, annual_discount_rate: float) -> Floats:
    """Discounted over undiscounted purchases of a year, shape (n,)."""
    ends = month_ends(_A_YEAR)
    if model.choice is None:
        evenly = discounted_purchases(ends / _A_YEAR, ends, annual_discount_rate)
        return np.full(model.customers.size, float(evenly))
    fit = model.choice.orders.fit
    assert fit is not None  # noqa: S101 - only usable candidates are chosen
    ahead = model.choice.season.length(model.as_of_day, ends)
    standing = model.standing
    shares = np.empty(standing.rows.frequency.size)
    for part, mean in means_in_parts(standing, fit.parameters, ahead):
        discounted = discounted_purchases(mean, ends, annual_discount_rate)
        shares[part] = discounted / np.maximum(mean[:, -1], 1e-300)
    return np.asarray(shares[standing.positions])


def _order_gaps(model: CustomerModel) -> pd.Series:
    days = np.full(model.customers.size, np.nan)
    if model.choice is not None:
        fit = model.choice.orders.fit
        assert fit is not None  # noqa: S101 - only usable candidates are chosen
        # Days of an average season, as the rhythm is that of the whole year; how long
        # ago the first order is does not matter.
        histories = model.standing.histories
        rows, positions = distinct_positions(
            histories._replace(age_days=histories.recency_days)
        )
        days = np.ceil(order_gap_days(fit.parameters, rows))[positions]
    return _arrow(pa.array(days, from_pandas=True).cast(pa.int32()))


def _dates(model: CustomerModel) -> dict[str, pd.Series]:
    days = model.next_order()
    found = {}
    for end in _ENDS:
        # Rounded up: by that day the order has come with at least that probability.
        ahead = np.ceil(days[f"days_until_order{end}"].to_numpy())
        found[f"next_order_date{end}"] = _later(model.as_of, ahead)
    return found


def _later(day: dt.date, ahead: Floats) -> pd.Series:
    known = np.isfinite(ahead)
    dates = np.datetime64(day, "D") + np.where(known, ahead, 0).astype("timedelta64[D]")
    return _arrow(pa.array(np.where(known, dates, np.datetime64("NaT"))))


def _history(summaries: pd.DataFrame) -> Floats:
    return check_numbers(
        column_of_floats(summaries, "historic_value"), "historic_value"
    )


def _whole(summaries: pd.DataFrame, column: str) -> Floats:
    numbers = check_numbers(column_of_floats(summaries, column), column)
    refuse_where(numbers != np.floor(numbers), column, numbers, "is not a whole number")
    return numbers


def _money(values: Floats, exponent: int) -> pd.Series:
    """Decimals, rounded to `exponent` of them; null where unknown."""
    return _arrow(
        pa.array(values, from_pandas=True).cast(pa.decimal128(_DIGITS, exponent))
    )


def _arrow(values: pa.Array) -> pd.Series:
    """As a column: a million Decimals or dates of Python take seconds each."""
    return pd.Series(values, dtype=pd.ArrowDtype(values.type))
