"""A table of touches: one row per moment at which a journey met a channel."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_assets.attribution.columns import (
    Flags,
    Moments,
    flags,
    moments,
    named,
    numbers,
    refuse,
)
from ml_assets.attribution.paths import Floats, Ints, Journeys, Note

__all__ = ["read_touches"]

_DAY: Final = 86_400_000_000.0


@dataclass(frozen=True, eq=False)
class _Ends:
    """How the journey of each row ended: whether, for how much and, if told, when."""

    converted: Flags
    value: Floats | None
    moment: Moments | None


def read_touches(frame: pd.DataFrame, notes: list[Note]) -> Journeys:
    """Touches sorted into journeys; what is left out is noted."""
    refuse(frame["journey_id"].isna().to_numpy(), frame, "journey_id", "is missing")
    owners, _ = pd.factorize(frame["journey_id"])
    journey = owners.astype(np.int64)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(journey), prepend=-1))
    ends = _ends(frame, journey, first)
    moment = moments(frame, "touched_at")
    codes, channels = _channels(frame, moment)
    kept = codes >= 0
    _refuse_mixed(frame, journey, kept)
    if ends.moment is not None:
        late = kept & ends.converted & (moment > ends.moment)
        kept &= ~late
        _count(notes, late, "after_conversion", "touches after the conversion left out")
    order = _in_order(journey, moment, kept)
    order = _without_repeats(notes, journey, moment, codes, order)
    lengths = np.bincount(journey[order], minlength=first.size)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    converted = ends.converted[first]
    return Journeys(
        channels=channels,
        starts=starts,
        touches=codes[order],
        conversions=converted.astype(np.float64),
        others=(~converted).astype(np.float64),
        value=None if ends.value is None else ends.value[first],
        age_days=_ages(moment[order], starts),
        notes=tuple(notes),
    )


def _ends(frame: pd.DataFrame, journey: Ints, first: Ints) -> _Ends:
    """What is said once per journey, the same on each of its rows."""
    converted = flags(frame, "converted")
    told: dict[str, npt.NDArray[Any]] = {"converted": converted}
    value = moment = None
    if "value" in frame:
        value = told["value"] = _values(frame, converted)
    if "converted_at" in frame:
        moment = moments(frame, "converted_at")
        refuse(np.isnat(moment) & converted, frame, "converted_at", "is missing")
        told["converted_at"] = moment.astype(np.int64)
    for column, values in told.items():
        differs = values != values[first][journey]
        refuse(differs, frame, column, "differs from the journey's first row")
    return _Ends(converted, value, moment)


def _channels(frame: pd.DataFrame, moment: Moments) -> tuple[Ints, list[str]]:
    """Codes of the channels, -1 on the row of a journey without touches."""
    codes, names = pd.factorize(frame["channel"])
    found, channels = named(codes.astype(np.int64), names)
    empty, untimed = found < 0, np.isnat(moment)
    refuse(empty & ~untimed, frame, "channel", "has a moment and no channel")
    refuse(~empty & untimed, frame, "touched_at", "has a channel and is no moment")
    return found, channels


def _refuse_mixed(frame: pd.DataFrame, journey: Ints, touched: Flags) -> None:
    """A journey has touches, or one row that says it has none."""
    has_touches = np.zeros(journey.max() + 1, dtype=np.bool_)
    has_touches[journey[touched]] = True
    bad = ~touched & has_touches[journey]
    refuse(bad, frame, "channel", "is missing in a journey that has touches")


def _in_order(journey: Ints, moment: Moments, kept: Flags) -> Ints:
    """The kept rows, by journey and moment; rows of one moment as they come."""
    order = np.flatnonzero(kept)
    of, at = journey[order], moment[order].astype(np.int64)
    later = (np.diff(of) > 0) | ((np.diff(of) == 0) & (np.diff(at) >= 0))
    return order if later.all() else order[np.lexsort((at, of))]


def _without_repeats(
    notes: list[Note], journey: Ints, moment: Moments, codes: Ints, order: Ints
) -> Ints:
    """Rows in order, a channel at most once at a journey's moment."""
    at = moment.astype(np.int64)
    tied = (np.diff(journey[order]) == 0) & (np.diff(at[order]) == 0)
    if not tied.any():
        return order
    places = np.flatnonzero(np.append(tied, False) | np.insert(tied, 0, False))
    rows = order[places]
    keys = pd.DataFrame({"a": journey[rows], "b": at[rows], "c": codes[rows]})
    repeated = np.zeros(order.size, dtype=np.bool_)
    repeated[places] = keys.duplicated().to_numpy()
    _count(notes, repeated, "repeated", "touches told twice, counted once")
    return order[~repeated]


def _ages(moment: Moments, starts: Ints) -> Floats:
    lengths = np.diff(starts)
    last = np.repeat(starts[1:] - 1, lengths)
    at = moment.astype(np.int64)
    return np.asarray((at[last] - at) / _DAY)


def _values(frame: pd.DataFrame, converted: Flags) -> Floats:
    """Values of the conversions; refunds may make them negative."""
    found = numbers(frame, "value", missing=~converted)
    refuse((found != 0) & ~converted, frame, "value", "did not convert")
    return found


def _count(notes: list[Note], rows: Flags, code: str, what: str) -> None:
    if rows.any():
        notes.append(Note(code, f"{int(rows.sum())} {what}"))
