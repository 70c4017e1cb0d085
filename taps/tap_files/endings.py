"""Whether the last value of a file was cut off."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["last_value_looks_cut"]

_UNFINISHED = (".", ",", ":", "-", "/", "+")
_FEW = 3
"""Other values needed before a shape they all share means anything."""
_MANY = 50
"""Other values needed before being the shortest of all means anything."""


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
