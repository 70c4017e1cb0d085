"""Columns of a table of accounts, checked once and in one place."""

from __future__ import annotations

from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml_assets.sentences import quoted
from ml_assets.subscriptions.errors import InvalidAccounts

__all__ = ["Bools", "Floats", "column_of", "flags_of", "numbers_of"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def numbers_of(
    table: pd.DataFrame,
    name: str,
    *,
    least: float = 0.0,
    most: float = inf,
    may_lack: bool = True,
) -> Floats:
    """A column as numbers, shape (n,); what is unknown is NaN.

    Raises
    ------
    InvalidAccounts
        There is no such column, or a value is no finite number from ``least`` to
        ``most``, or lacks where it must not.
    """
    column = column_of(table, name)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(
        np.float64, na_value=np.nan
    )
    lacks = column.isna().to_numpy(bool)
    is_inside = np.isfinite(numbers) & (numbers >= least) & (numbers <= most)
    wrong = ~is_inside & ~(lacks & may_lack)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        ends = f"from {least:g} to {most:g}" if most < inf else f"of at least {least:g}"
        raise InvalidAccounts(
            f"column {name}, row {row}: {quoted(column.iloc[row])} is no number {ends}."
        )
    return numbers


def flags_of(table: pd.DataFrame, name: str, *, may_lack: bool = True) -> Floats:
    """A column of yes and no as 1 and 0, shape (n,); what is unknown is NaN.

    Raises
    ------
    InvalidAccounts
        As `numbers_of`, or a value is neither.
    """
    numbers = numbers_of(table, name, most=1, may_lack=may_lack)
    between = np.flatnonzero((numbers > 0) & (numbers < 1))
    if between.size:
        row = int(between[0])
        value = quoted(column_of(table, name).iloc[row])
        raise InvalidAccounts(f"column {name}, row {row}: {value} is not yes or no.")
    return numbers


def column_of(table: pd.DataFrame, name: str) -> pd.Series:
    """A column by its name.

    Raises
    ------
    InvalidAccounts
        There is none.
    """
    if name not in table:
        there = ", ".join(map(str, table.columns)) or "none"
        raise InvalidAccounts(f"column {name} is missing (columns: {there}).")
    return table[name]
