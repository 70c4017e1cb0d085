"""From purchases to one row per customer, as dbt's customer_summaries does in SQL.

The warehouse computes the same table; this one serves tests, benchmarks and
notebooks, and states in Python what the SQL must equal.
"""

import datetime as dt

import numpy as np
import pandas as pd

from ml_assets.clv.errors import InvalidSummaries

__all__ = ["summarise_purchases"]


def summarise_purchases(purchases: pd.DataFrame, as_of_date: dt.date) -> pd.DataFrame:
    """Count x, t_x, T and m of every customer who bought up to the as-of date.

    Parameters
    ----------
    purchases : DataFrame
        `customer_id`, `date` (datetime64 or date, whole days of the company) and
        `amount` (net revenue). Purchases of one day are merged into one.
    as_of_date : date
        T runs to this day, also for a company whose last order is older.

    Returns
    -------
    DataFrame
        Sorted by `customer_id`: `order_count`, `frequency` (purchase days less
        one), `recency_days`, `age_days`, `monetary_value` (mean per repeat
        purchase day; NaN when frequency is 0), `historic_value`.

    Raises
    ------
    InvalidSummaries
        A missing column, customer, date or amount.
    """
    _check_purchases(purchases)
    frame = pd.DataFrame(
        {
            "customer_id": purchases["customer_id"].to_numpy(),
            "day": pd.to_datetime(purchases["date"]).to_numpy(),
            "amount": purchases["amount"].astype("float64").to_numpy(),
        }
    )
    as_of = np.datetime64(as_of_date, "D")
    frame = frame[frame["day"] <= as_of]
    days = (
        frame.groupby(["customer_id", "day"])["amount"]
        .agg(amount="sum", orders="size")
        .reset_index()
    )
    first_day = days.groupby("customer_id")["day"].transform("min")
    repeats = days[days["day"] > first_day].groupby("customer_id")["amount"].mean()
    rows = days.groupby("customer_id").agg(
        first=("day", "min"),
        last=("day", "max"),
        purchase_days=("day", "size"),
        order_count=("orders", "sum"),
        historic_value=("amount", "sum"),
    )
    return pd.DataFrame(
        {
            "order_count": rows["order_count"],
            "frequency": rows["purchase_days"] - 1,
            "recency_days": (rows["last"] - rows["first"]).dt.days,
            "age_days": (pd.Timestamp(as_of_date) - rows["first"]).dt.days,
            "monetary_value": repeats.reindex(rows.index),
            "historic_value": rows["historic_value"],
        }
    ).reset_index()


def _check_purchases(purchases: pd.DataFrame) -> None:
    for column in ("customer_id", "date", "amount"):
        if column not in purchases:
            raise InvalidSummaries(
                f"column {column} is missing from the purchases: "
                f"they have {', '.join(map(str, purchases.columns))}"
            )
        missing = purchases[column].isna().to_numpy()
        if missing.any():
            row = int(np.flatnonzero(missing)[0])
            raise InvalidSummaries(
                f"column {column}, row {row}: empty ({int(missing.sum())} of "
                f"{missing.size} rows). Every purchase needs one."
            )
