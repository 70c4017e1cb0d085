"""What makes one fit the same as another: its data, its settings, its formulas."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ml_assets.clv.errors import InvalidSummaries
from ml_assets.clv.histories import column_of_floats

__all__ = ["MODEL_VERSION", "add_names", "data_hash", "fit_id", "names_of"]

# Raise it with every change that moves a published number.
MODEL_VERSION: Final = "3.2"

_HASHED = (
    "frequency",
    "recency_days",
    "age_days",
    "order_count",
    "monetary_value",
    "historic_value",
)


def data_hash(summaries: pd.DataFrame, purchases_hash: str = "") -> str:
    """SHA-256 of the customer summaries' content, 64 hexadecimal digits.

    The same for any order of rows or columns, for Decimal, float or integer
    columns of equal value, and for None or NaN. Columns the models do not use are
    left out. `purchases_hash` is `rolling.log_hash` of the log behind them.

    Raises
    ------
    InvalidSummaries
        When a column is missing.
    """
    if "customer_id" not in summaries:
        raise InvalidSummaries(
            "column customer_id is missing from the customer summaries"
        )
    customers = names_of(summaries["customer_id"])
    rows = summaries
    if not _is_sorted(customers):
        order = pc.sort_indices(customers)
        customers, rows = customers.take(order), summaries.iloc[order.to_numpy()]
    digest = hashlib.sha256(purchases_hash.encode())
    add_names(digest, customers)
    for column in _HASHED:
        numbers = column_of_floats(rows, column)
        # One bit pattern for every NaN, and none for minus zero.
        numbers = np.where(np.isnan(numbers), np.nan, numbers + 0.0)
        digest.update(numbers.astype("<f8").tobytes())
    return digest.hexdigest()


def _is_sorted(names: pa.LargeStringArray) -> bool:
    # Of no pairs Arrow knows no answer.
    pairs = pc.less(names[1:], names[:-1])
    return not pc.any(pairs, min_count=0).as_py()


def names_of(ids: "pd.Series[Any]") -> pa.LargeStringArray:
    """Ids as text, in one piece, as `add_names` wants them."""
    names = pa.array(ids.astype(str))
    if isinstance(names, pa.ChunkedArray):
        names = names.combine_chunks()
    return names.cast(pa.large_string())


def add_names(digest: "hashlib._Hash", names: pa.LargeStringArray) -> None:
    """Feed names into a hash, in their order."""
    # Lengths first: ids that run together must not look like other ids.
    digest.update(pc.binary_length(names).to_numpy().astype("<i8").tobytes())
    # One after the other, as the array keeps them.
    _, offsets, text = names.buffers()
    ends = np.frombuffer(offsets, "<i8")[names.offset :][[0, len(names)]]
    if text is not None:
        digest.update(memoryview(text)[ends[0] : ends[1]])


def fit_id(
    company_id: str,
    as_of_date: dt.date,
    model_version: str,
    data_hash: str,
    settings: Mapping[str, object],
) -> str:
    """Name of a fit, 16 hexadecimal digits, equal for equal inputs.

    A rerun on unchanged data therefore finds its own rows instead of adding new
    ones. `settings` must be plain JSON values.
    """
    identity = {
        "company_id": company_id,
        "as_of_date": as_of_date.isoformat(),
        "model_version": model_version,
        "data_hash": data_hash,
        "settings": dict(settings),
    }
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
