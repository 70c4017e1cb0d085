"""A number with its change against the one before, and the line that led there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import format_percent

from metabase.content.entities import Card
from metabase.content.warehouse import Result
from metabase.rendering.formats import write_value

__all__ = ["Change", "Trend", "trend_of"]

_POINTS: Final = 13
_WIDTH, _HEIGHT = 120, 26


@dataclass(frozen=True)
class Change:
    """A change as it is read, and what it means: good, bad or empty, as its colour."""

    text: str
    meaning: str


@dataclass(frozen=True)
class Trend:
    """What stands under a number.

    ``when`` is the month or day it is of; ``changes`` are told in the order in which
    Metabase shows them: against the value before, then against the columns beside it,
    without those of which nothing can be told; ``line`` are the points of a polyline in
    a box of 120 by 26, None for fewer than three values.
    """

    value: Any
    when: str | None
    changes: tuple[Change, ...]
    line: str | None

    @property
    def lines(self) -> tuple[Change, ...]:
        """When it is of and its changes, each a line under the number."""
        if self.when is None:
            return self.changes
        if not self.changes:
            return (Change(self.when, ""),)
        first, *others = self.changes
        return (Change(f"{self.when}: {first.text}", first.meaning), *others)

    @property
    def told(self) -> str | None:
        """The same as one text."""
        return " \N{MIDDLE DOT} ".join(one.text for one in self.lines) or None


def trend_of(card: Card, result: Result, labels: dict[str, str]) -> Trend:
    """The last value beside those that Metabase compares it with.

    A change is a share of the other value, so that there is none to tell of 0.
    """
    name = card.settings["scalar.field"]
    axis = next(iter(card.columns))
    rows = list(zip(result.column(axis), result.column(name), strict=True))
    told = [row for row in rows if row[1] is not None]
    # An older value would pass for that of the last month where no month is read.
    if not told or told[-1] != rows[-1]:
        return Trend(None, None, (), None)
    language, days = labels["language"], card.columns[axis]
    values = [float(value) for _, value in told]
    others = []
    for one in card.settings["scalar.comparisons"]:
        if one["type"] == "anotherColumn":
            others.append((one["label"], result.column(one["column"])[-1]))
        elif len(told) > 1:
            others.append((write_value(told[-2][0], days, language), values[-2]))
    less_is_better = card.settings["scalar.switch_positive_negative"]
    changes = tuple(
        _change(values[-1], float(other), when, labels, less_is_better)
        for when, other in others
        if other
    )
    when = write_value(told[-1][0], days, language)
    return Trend(told[-1][1], when, changes, _line(values[-_POINTS:]))


def _change(
    value: float,
    other: float,
    when: str,
    labels: dict[str, str],
    less_is_better: bool | None,
) -> Change:
    """``less_is_better`` is None where a change is neither good nor bad."""
    # As it is written: what rounds to nothing is neither better nor worse.
    share = round((value - other) / abs(other), 3)
    sign = "▲" if share > 0 else "▼" if share < 0 else "="
    written = format_percent(abs(share), "#,##0.#\xa0%", locale=labels["language"])
    text = f"{sign} {written} {labels['preview.against'].format(when=when)}"
    if not share or less_is_better is None:
        return Change(text, "")
    return Change(text, "good" if (share > 0) != less_is_better else "bad")


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
