"""Parts of a list, and what a place answers of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["parts", "sorted_out"]


def parts(waiting: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Customers ``size`` at a time, in their order."""
    for start in range(0, len(waiting), size):
        yield waiting[start : start + size]


def sorted_out(
    refused: Sequence[dict[str, Any]],
) -> tuple[dict[int, str], Counter[str]]:
    """Reasons by row of those refused, and counts by reason of unnamed ones."""
    named = {
        int(each["row"]): str(each["reason"])
        for each in refused
        if each["row"] is not None
    }
    unnamed: Counter[str] = Counter()
    for each in refused:
        if each["row"] is None:
            unnamed[str(each["reason"])] += int(each["count"])
    return named, unnamed
