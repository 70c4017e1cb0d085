"""How a file ends: with text below its rows, or with a value that was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["is_text", "last_value_looks_cut"]

_WORDS = re.compile(r"[^\W\d_]{2,}[\s.,:]+[^\W\d_]{2,}")
_COUNTED = re.compile(r"record\(s\) downloaded|rows? exported|registros? exportados?")

_DELIMITERS = (",", ";", "\t", "|")
_UNFINISHED = (".", ",", ":", "-", "/", "+")
_PAIR = 2
_MANY_COLUMNS = 5
_FEW = 3
"""Other values needed before a shape they all share means anything."""
_MANY = 50
"""Other values needed before being the shortest of all means anything."""


def is_text(cells: Sequence[str], width: int) -> bool:
    """Whether a record of a table with `width` columns is no row but a sentence.

    Such as a copyright, or how many records were downloaded: one cell of several words,
    or fewer cells than the table has, one of which says what was counted. Two cells
    are a name and what it stands for (``Report Time:``), in a table of many columns.
    """
    if len(cells) >= width:
        return False
    told = [cell for cell in cells if cell.strip()]
    if _is_row(told, width):
        return False
    if len(told) == 1 and _WORDS.search(told[0]):
        return True
    if len(told) == _PAIR and width >= _MANY_COLUMNS and _is_named(told):
        return True
    return any(_COUNTED.search(cell.lower()) for cell in told)


def _is_named(told: Sequence[str]) -> bool:
    """Whether the first of two cells is a name for the other, as below a report."""
    name = told[0].strip() if told else ""
    is_prose = _WORDS.search(name) and not any(c.isdigit() for c in "".join(told))
    return name.endswith(":") or bool(is_prose)


def _is_row(told: Sequence[str], width: int) -> bool:
    """Whether a cell alone is a row of the table with another delimiter."""
    most = max((told[0].count(each) for each in _DELIMITERS), default=0) if told else 0
    return len(told) == 1 and most >= max(_FEW, width // 2)


def last_value_looks_cut(values: Iterable[str]) -> bool:
    """Whether the last of a column's values breaks a shape all others share.

    Many good exports end without a line break, so this asks for more than that: the
    last ends on a sign that wants more; all others have one length, or one number of
    decimals, and the last has less of it; or there are many others and the last is
    shorter than every one of them.
    """
    count, shortest, longest = 0, 1 << 30, 0
    fewest, most = 1 << 30, 0
    last: str | None = None
    for value in values:
        if last is not None:
            count += 1
            shortest, longest = min(shortest, len(last)), max(longest, len(last))
            decimals = _decimals(last)
            fewest, most = min(fewest, decimals), max(most, decimals)
        last = value
    if last is None or last.endswith(_UNFINISHED):
        return last is not None
    if count < _FEW:
        return False
    return (
        (shortest == longest > len(last))
        or (fewest == most > _decimals(last))
        or (count >= _MANY and len(last) < shortest)
    )


def _decimals(value: str) -> int:
    head, point, tail = value.rpartition(".")
    if not point:
        head, point, tail = value.rpartition(",")
    return len(tail) if head.lstrip("-").isdigit() and tail.isdigit() else 0
