"""A number with its change against the one before, and the line that led there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import format_percent

from metabase.content.entities import Card
from metabase.content.warehouse import Result
from metabase.rendering.formats import write_value

__all__ = ["Trend", "trend_of"]

_POINTS: Final = 13
_WIDTH, _HEIGHT = 120, 26


@dataclass(frozen=True)
class Trend:
    """What stands under a number.

    ``when`` is the month or day it is of; ``change`` how it is read, None where nothing
    can be told; ``meaning`` is good, bad or empty, as its colour; ``line`` are the
    points of a polyline in a box of 120 by 26, None for fewer than three values.
    """

    value: Any
    when: str | None
    change: str | None
    meaning: str
    line: str | None

    @property
    def told(self) -> str | None:
        """When it is of, and its change, as one line under the number."""
        return ": ".join(one for one in (self.when, self.change) if one) or None


def trend_of(card: Card, result: Result, labels: dict[str, str]) -> Trend:
    """The last value beside the one before that there is, as Metabase compares them.

    The change is a share of the value before, so that there is none to tell of 0.
    """
    name = card.settings["scalar.field"]
    (axis,) = (column for column in card.columns if column != name)
    rows = list(zip(result.column(axis), result.column(name), strict=True))
    told = [row for row in rows if row[1] is not None]
    # An older value would pass for that of the last month where no month is read.
    if not told or told[-1] != rows[-1]:
        return Trend(None, None, None, "", None)
    language, days = labels["language"], card.columns[axis]
    values = [float(value) for _, value in told][-_POINTS:]
    change, meaning = None, ""
    if len(values) > 1 and values[-2] != 0:
        # As it is written: what rounds to nothing is neither better nor worse.
        share = round((values[-1] - values[-2]) / abs(values[-2]), 3)
        before = write_value(told[-2][0], days, language)
        sign = "▲" if share > 0 else "▼" if share < 0 else "="
        written = format_percent(abs(share), "#,##0.#\xa0%", locale=language)
        change = f"{sign} {written} {labels['preview.against'].format(when=before)}"
        is_better = (share > 0) != card.settings["scalar.switch_positive_negative"]
        meaning = ("good" if is_better else "bad") if share else ""
    when = write_value(told[-1][0], days, language)
    return Trend(told[-1][1], when, change, meaning, _line(values))


def _line(values: Sequence[float]) -> str | None:
    if len(values) < 3:
        return None
    low, high = min(values), max(values)
    step = _WIDTH / (len(values) - 1)
    points = (
        (at * step, _HEIGHT * (1 - (value - low) / ((high - low) or 1)))
        for at, value in enumerate(values)
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
