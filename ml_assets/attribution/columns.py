"""Columns of a table of journeys, checked and turned into arrays."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.attribution.errors import InvalidJourneys
from ml_assets.attribution.paths import Floats, Ints
from ml_assets.sentences import quoted

__all__ = [
    "Flags",
    "Moments",
    "counts",
    "flags",
    "moments",
    "named",
    "numbers",
    "refuse",
]

Flags = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.datetime64]

# Beyond this, floating point has no cents any more.
_LARGEST: Final = 1e13


def moments(frame: pd.DataFrame, column: str) -> Moments:
    """Moments in UTC, missing ones NaT; text is ISO 8601, 01/02 is not guessed at."""
    values = frame[column]
    numeric = pd.api.types.is_numeric_dtype(values) and values.notna().any()
    refuse(np.full(len(frame), numeric), frame, column, "is a number, not a moment")
    moments = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
    bad = moments.isna() & values.notna()
    refuse(bad.to_numpy(), frame, column, "is not a moment (ISO 8601)")
    return moments.dt.tz_localize(None).to_numpy().astype("datetime64[us]")


def flags(frame: pd.DataFrame, column: str) -> Flags:
    """A column that says yes or no."""
    found = _parsed(frame, column)
    refuse(~np.isin(found, (0, 1)), frame, column, "is neither true nor false")
    return np.asarray(found == 1)


def counts(frame: pd.DataFrame, column: str) -> Floats:
    """A column of counts, not below 0."""
    found = numbers(frame, column)
    refuse(found < 0, frame, column, "is below 0")
    return found


def named(codes: Ints, names: Iterable[Any]) -> tuple[Ints, list[str]]:
    """Codes of the names without blanks around them; -1 for none and for a blank."""
    clean = ["" if pd.isna(name) else str(name).strip() for name in names]
    known = {name: code for code, name in enumerate(dict.fromkeys(filter(None, clean)))}
    lookup = np.array([*(known.get(name, -1) for name in clean), -1], dtype=np.int64)
    return lookup[codes], list(known)


def numbers(frame: pd.DataFrame, column: str, missing: Flags | None = None) -> Floats:
    """A column of numbers; where they may be missing, 0 stands for it."""
    found = _parsed(frame, column)
    if missing is not None:
        found[missing & frame[column].isna().to_numpy()] = 0.0
    refuse(~np.isfinite(found), frame, column, "is not a number")
    refuse(np.abs(found) > _LARGEST, frame, column, "is too large to be counted")
    return found


def _parsed(frame: pd.DataFrame, column: str) -> Floats:
    parsed = pd.to_numeric(frame[column], errors="coerce")
    return np.array(parsed.to_numpy(dtype=np.float64, na_value=np.nan))


def refuse(bad: Flags, frame: pd.DataFrame, column: str, rule: str) -> None:
    """Raise InvalidJourneys with the first bad row, if there is one."""
    if not bad.any():
        return
    row = int(np.flatnonzero(bad)[0])
    raise InvalidJourneys(
        f"column {column}, row {row}: {quoted(frame[column].tolist()[row])} {rule} "
        f"({int(bad.sum())} of {bad.size} rows)"
    )
