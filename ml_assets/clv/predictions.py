"""One row of predictions per customer, from summaries and two models."""

from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.clv import bg_nbd as purchasing
from ml_assets.clv import gamma_gamma as spending
from ml_assets.clv.bg_nbd import BgNbd
from ml_assets.clv.errors import InvalidSummaries
from ml_assets.clv.gamma_gamma import GammaGamma
from ml_assets.clv.histories import (
    Floats,
    check_histories,
    check_numbers,
    column_of_floats,
    refuse_where,
)
from ml_assets.clv.lifetime_value import (
    DEFAULT_ANNUAL_DISCOUNT_RATE,
    discounted_purchases,
    month_ends,
)

__all__ = ["PREDICTION_COLUMNS", "SUMMARY_COLUMNS", "predict"]

SUMMARY_COLUMNS: Final = (
    "customer_id",
    "frequency",
    "recency_days",
    "age_days",
    "order_count",
    "monetary_value",
    "historic_value",
)
PREDICTION_COLUMNS: Final = (
    "customer_id",
    "frequency",
    "recency_days",
    "age_days",
    "order_count",
    "historic_value",
    "probability_alive",
    "probability_no_purchase_90d",
    "expected_orders_30d",
    "expected_orders_90d",
    "expected_orders_365d",
    "expected_order_value",
    "predicted_value_12m",
)
_HORIZONS: Final = (30.0, 90.0, 365.0)
# marts and predictions keep money as numeric(18,2), whatever the currency.
_WAREHOUSE_EXPONENT: Final = 2


def predict(
    summaries: pd.DataFrame,
    bg_nbd: BgNbd,
    gamma_gamma: GammaGamma | Floats,
    *,
    currency_exponent: int = 2,
    annual_discount_rate: float = DEFAULT_ANNUAL_DISCOUNT_RATE,
) -> pd.DataFrame:
    """Predict every customer of one company.

    Parameters
    ----------
    summaries : DataFrame
        One row per customer with SUMMARY_COLUMNS; `monetary_value` may be null
        where `frequency` is 0. Other columns are ignored.
    gamma_gamma : GammaGamma or ndarray, shape (n,)
        The spend model; or, where there is none to be had, the expected order value
        of each row of `summaries`, found in another way.
    currency_exponent : int
        Decimals of the currency: 2 for EUR, 0 for CLP. Money is rounded to it.
    annual_discount_rate : float
        As in `lifetime_value.predicted_value`.

    Returns
    -------
    DataFrame
        PREDICTION_COLUMNS, sorted by `customer_id` as text, index 0..n-1. Counts
        are int64; probabilities and expectations float64; money is Decimal, and
        `historic_value` is passed on to the cent. An "order" of a horizon is a
        purchase day. The same input gives the same bytes.

    Raises
    ------
    InvalidSummaries, NoPopulationMean
    """
    _check_columns(summaries)
    histories = check_histories(
        *(_whole(summaries, name) for name in SUMMARY_COLUMNS[1:4])
    )
    orders = _whole(summaries, "order_count")
    history = check_numbers(
        column_of_floats(summaries, "historic_value"), "historic_value"
    )
    order_value = _order_values(summaries, gamma_gamma)

    ends = month_ends(365.0)
    horizons = np.concatenate([_HORIZONS, ends])
    purchases = purchasing.expected_purchases(bg_nbd, horizons, *histories)
    a_year = discounted_purchases(purchases[:, 3:], ends, annual_discount_rate)
    predictions = pd.DataFrame(
        {
            "customer_id": summaries["customer_id"].astype(str).to_numpy(dtype=object),
            "frequency": histories.frequency.astype(np.int64),
            "recency_days": histories.recency_days.astype(np.int64),
            "age_days": histories.age_days.astype(np.int64),
            "order_count": orders.astype(np.int64),
            "historic_value": _money(history, _WAREHOUSE_EXPONENT),
            "probability_alive": purchasing.probability_alive(bg_nbd, *histories),
            "probability_no_purchase_90d": purchasing.probability_no_purchase(
                bg_nbd, 90.0, *histories
            ),
            "expected_orders_30d": purchases[:, 0],
            "expected_orders_90d": purchases[:, 1],
            "expected_orders_365d": purchases[:, 2],
            "expected_order_value": _money(order_value, currency_exponent),
            "predicted_value_12m": _money(order_value * a_year, currency_exponent),
        }
    )
    order = np.argsort(predictions["customer_id"].to_numpy(), kind="stable")
    return predictions.iloc[order].reset_index(drop=True)


def _check_columns(summaries: pd.DataFrame) -> None:
    missing = [name for name in SUMMARY_COLUMNS if name not in summaries]
    if missing:
        raise InvalidSummaries(
            f"column {missing[0]} is missing from the customer summaries "
            f"(needed: {', '.join(SUMMARY_COLUMNS)})"
        )
    ids = summaries["customer_id"]
    for bad, what in ((ids.isna(), "is empty"), (ids.duplicated(), "appears twice")):
        if bad.any():
            row = int(np.flatnonzero(bad.to_numpy())[0])
            raise InvalidSummaries(
                f"column customer_id, row {row}: {ids.iloc[row]!r} {what}. "
                "Customer summaries hold one row per customer."
            )


def _order_values(summaries: pd.DataFrame, gamma_gamma: GammaGamma | Floats) -> Floats:
    if isinstance(gamma_gamma, GammaGamma):
        return spending.expected_order_value(
            gamma_gamma,
            column_of_floats(summaries, "frequency"),
            column_of_floats(summaries, "monetary_value"),
        )
    values = check_numbers(gamma_gamma, "expected_order_value")
    if values.shape != (len(summaries),):
        raise InvalidSummaries(
            f"expected_order_value has shape {values.shape}, the customer summaries "
            f"have {len(summaries)} rows. Pass one value per row."
        )
    return values


def _whole(summaries: pd.DataFrame, column: str) -> Floats:
    numbers = check_numbers(column_of_floats(summaries, column), column)
    refuse_where(numbers != np.floor(numbers), column, numbers, "is not a whole number")
    return numbers


def _money(values: Floats, exponent: int) -> list[Decimal]:
    """Decimals rounded half to even at `exponent` decimals."""
    unit = Decimal(1).scaleb(-exponent)
    return [Decimal(repr(value)).quantize(unit) for value in values.tolist()]
