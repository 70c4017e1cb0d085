"""Where the cards of a page stand once those that have nothing to show are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from metabase.content.entities import Placement
from metabase.rendering.report_layout import GRID_WIDTH

__all__ = ["bands", "closed_up"]


def closed_up(
    placements: Sequence[Placement], kept: Sequence[Placement]
) -> tuple[Placement, ...]:
    """The kept cards without the holes of the others, from top left.

    Cards side by side share the width that one of them leaves; what stands below moves
    up, and is as much taller. Rows and columns are grid cells, 0-based, as in
    ``Placement``.
    """
    found: list[Placement] = []
    top = 0
    for band in bands(placements):
        left = [one for one in band if one in kept]
        if not left:
            continue
        first = min(one.row for one in left)
        moved = [replace(one, row=one.row - first + top) for one in left]
        found += _filled(moved) if len(left) < len(band) else moved
        top = max(one.row + one.size_y for one in moved)
    return tuple(found)


def bands(placements: Sequence[Placement]) -> list[list[Placement]]:
    """Cards that share rows, directly or through a third, from top left."""
    found: list[list[Placement]] = []
    end = 0
    for one in sorted(placements, key=lambda at: (at.row, at.col)):
        if not found or one.row >= end:
            found.append([])
        found[-1].append(one)
        end = max(end, one.row + one.size_y)
    return found


def _filled(band: list[Placement]) -> list[Placement]:
    lowest = max(one.row for one in band)
    highest = min(one.row + one.size_y for one in band)
    return _risen(_stretched(band) if lowest < highest else band)


def _risen(band: list[Placement]) -> list[Placement]:
    """Cards above each other, from the top of the band to where each ended."""
    top = min(one.row for one in band)
    risen: list[Placement] = []
    for one in sorted(band, key=lambda at: at.row):
        above = [
            other.row + other.size_y
            for other in risen
            if other.col < one.col + one.size_x and one.col < other.col + other.size_x
        ]
        row = max(above, default=top)
        risen.append(replace(one, row=row, size_y=one.size_y + one.row - row))
    return risen


def _stretched(band: list[Placement]) -> list[Placement]:
    """Cards of one row over its whole width, in the proportions they had."""
    band = sorted(band, key=lambda one: one.col)
    total = sum(one.size_x for one in band)
    ends = [
        round(GRID_WIDTH * sum(one.size_x for one in band[: index + 1]) / total)
        for index in range(len(band))
    ]
    starts = [0, *ends[:-1]]
    return [
        replace(one, col=start, size_x=end - start)
        for one, start, end in zip(band, starts, ends, strict=True)
    ]
