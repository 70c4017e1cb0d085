"""A table that counts journeys already: one row per path."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import pandas as pd

from ml_assets.attribution.columns import counts, named, numbers, refuse
from ml_assets.attribution.paths import Ints, Journeys, Note, totals

__all__ = ["read_counts"]

_SEPARATOR: Final = ">"


def read_counts(frame: pd.DataFrame, notes: list[Note]) -> Journeys:
    """Paths with their counts; equal paths may stand in several rows."""
    conversions = counts(frame, "conversions")
    others = np.zeros(len(frame))
    if "no_conversions" in frame:
        others = counts(frame, "no_conversions")
    value = None
    if "value" in frame:
        value = numbers(frame, "value")
        refuse((value != 0) & (conversions == 0), frame, "value", "has no conversion")
    texts = frame["path"]
    if not pd.api.types.is_string_dtype(texts):
        texts = texts.map(_as_tuple)
    rows, distinct = pd.factorize(texts, use_na_sentinel=False)
    steps = [_steps(path) for path in distinct.tolist()]
    lengths = np.fromiter(map(len, steps), np.int64, len(steps))
    codes, channels = _channels(list(chain.from_iterable(steps)))
    nameless = totals(
        np.repeat(np.arange(len(steps)), lengths),
        np.asarray(codes < 0, dtype=np.float64),
        len(steps),
    )
    refuse(nameless[rows] > 0, frame, "path", "has a step without a name")
    starts, touches = _gathered(codes, lengths, rows.astype(np.int64))
    notes.append(Note("no_times", "paths without times: no time decay"))
    return Journeys(
        channels=channels,
        starts=starts,
        touches=touches,
        conversions=conversions,
        others=others,
        value=value,
        age_days=None,
        notes=tuple(notes),
    )


def _as_tuple(path: Any) -> Any:
    return tuple(path) if isinstance(path, list | tuple | np.ndarray) else path


def _steps(path: Any) -> Sequence[Any]:
    if isinstance(path, tuple):
        return path
    if not isinstance(path, str) or not path.strip():
        return ()
    return path.split(_SEPARATOR)


def _channels(steps: list[Any]) -> tuple[Ints, list[str]]:
    """Codes of the steps, -1 for one without a name, and the names."""
    found, names = pd.factorize(np.array([*steps, None], dtype=object)[:-1])
    return named(found.astype(np.int64), names)


def _gathered(codes: Ints, lengths: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The steps of distinct paths, repeated for each row that took one."""
    ends = np.cumsum(lengths)
    taken = lengths[rows]
    starts = np.concatenate([[0], np.cumsum(taken)]).astype(np.int64)
    inside = np.arange(starts[-1]) - np.repeat(starts[:-1], taken)
    return starts, codes[np.repeat((ends - lengths)[rows], taken) + inside]
