"""Colour the cells of a table by their value: the rules of ``table.column_formatting``.

A ``range`` stands between two colours: the first at the lower end, the second at the
upper end, in proportion to the value, red, green and blue each on its own. A ``single``
gives one colour to the texts that are, or begin with, its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["number_color", "shades"]

_BEGINS = "starts-with"


def shades(
    settings: Mapping[str, Any], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[dict[str, str]]:
    """The background of each row's cells, by column; a cell without one is absent."""
    colored: list[dict[str, str]] = [{} for _ in rows]
    for rule in settings.get("table.column_formatting", []):
        places = {name: columns.index(name) for name in rule["columns"]}
        if rule["type"] == "single":
            _shade_texts(rule, places, rows, colored)
            continue
        known = [
            float(row[place])
            for row in rows
            for place in places.values()
            if row[place] is not None
        ]
        if not known:
            continue
        lower = _end(rule, "min", min(known))
        upper = _end(rule, "max", max(known))
        for row, shade in zip(rows, colored, strict=True):
            for name, place in places.items():
                if row[place] is not None:
                    part = _part(float(row[place]), lower, upper)
                    shade[name] = _between(rule["colors"], part)
    return colored


def _shade_texts(
    rule: Mapping[str, Any],
    places: Mapping[str, int],
    rows: Sequence[Sequence[Any]],
    colored: Sequence[dict[str, str]],
) -> None:
    value = str(rule["value"])
    for row, shade in zip(rows, colored, strict=True):
        for name, place in places.items():
            text = "" if row[place] is None else str(row[place])
            is_begun = rule["operator"] == _BEGINS and text.startswith(value)
            # Of two rules that hold, the first counts, as in Metabase.
            if is_begun or text == value:
                shade.setdefault(name, str(rule["color"]))


def number_color(settings: Mapping[str, Any], value: Any) -> str | None:
    """The colour that ``scalar.segments`` gives a number; None outside all of them."""
    for segment in settings.get("scalar.segments", []):
        ends = segment["min"], segment["max"]
        low, high = (None if end is None else float(end) for end in ends)
        if value is None or (low is not None and float(value) < low):
            continue
        if high is None or float(value) < high:
            return str(segment["color"])
    return None


def _end(rule: Mapping[str, Any], end: str, found: float) -> float:
    is_told = rule[f"{end}_type"] == "custom"
    return float(rule[f"{end}_value"]) if is_told else found


def _part(value: float, lower: float, upper: float) -> float:
    if upper <= lower:
        return 0.0
    return min(1.0, max(0.0, (value - lower) / (upper - lower)))


def _between(colors: Sequence[str], part: float) -> str:
    first, second = (_channels(color) for color in colors)
    mixed = (
        round(one + part * (other - one))
        for one, other in zip(first, second, strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))
