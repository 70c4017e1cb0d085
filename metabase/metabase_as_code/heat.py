"""Colour the cells of a table by their value: the rules of ``table.column_formatting``.

The colour stands between two: the first at the lower end, the second at the upper
end, in proportion to the value, red, green and blue each on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metabase.metabase_as_code.errors import ContentError

__all__ = ["check_rules", "number_color", "shades"]

_RULE_KEYS = {
    *("columns", "type", "colors", "min_type", "min_value", "max_type", "max_value"),
}


def check_rules(settings: Mapping[str, Any], where: str) -> None:
    """Refuse a rule that is not a range over two colours with known ends.

    Raises
    ------
    ContentError
        A rule is of another kind; the message names ``where``.
    """
    for rule in settings.get("table.column_formatting", []):
        unknown = sorted(set(rule) - _RULE_KEYS)
        if unknown:
            raise ContentError(f"{where}: a colour rule has {unknown[0]!r}")
        ends = {rule.get("min_type"), rule.get("max_type")}
        if rule.get("type") != "range" or len(rule["colors"]) != 2:
            raise ContentError(f"{where}: a colour rule is a range over two colours")
        if not ends <= {"custom", "all"}:
            raise ContentError(f"{where}: the ends of a range are custom or all")


def shades(
    settings: Mapping[str, Any], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[dict[str, str]]:
    """The background of each row's cells, by column; a cell without one is absent."""
    colored: list[dict[str, str]] = [{} for _ in rows]
    for rule in settings.get("table.column_formatting", []):
        places = {name: columns.index(name) for name in rule["columns"]}
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
