"""Rows of a report: cells grouped by the dimensions asked for."""

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sandbox.search_console.cells import Cell, split
from sandbox.search_console.question import Filter
from sandbox.search_console.sites import Site
from sandbox.simulation.records import SiteDay

__all__ = ["MOST_ROWS_A_DAY", "Grouping", "Row", "rows_of"]

MOST_ROWS_A_DAY: Final = 50_000
"""Per property, search type and day; what is beyond is never told."""


class Row(NamedTuple):
    """One row, keys in the order of the dimensions."""

    keys: tuple[str, ...]
    clicks: int
    impressions: int
    position: float

    def document(self) -> dict[str, Any]:
        """As the API writes it; without dimensions there are no keys."""
        figures = {
            "clicks": self.clicks,
            "impressions": self.impressions,
            "ctr": self.clicks / self.impressions,
            "position": self.position,
        }
        return {"keys": list(self.keys), **figures} if self.keys else figures


class Grouping(NamedTuple):
    """How cells become rows."""

    dimensions: tuple[str, ...]
    filters: tuple[Filter, ...]
    is_by_page: bool


@lru_cache(maxsize=8)
def rows_of(site: Site, days: tuple[SiteDay, ...], grouping: Grouping) -> list[Row]:
    """Rows by clicks, most first, after the date where it is a dimension.

    Ties stand in an order that means nothing. Rows that the daily limit cuts off are
    the last ones.
    """
    sums: dict[tuple[str, ...], list[float]] = {}
    for day in days:
        for keys, *figures in _pieces(site, day, grouping):
            total = sums.setdefault(keys, [0, 0, 0.0])
            total[0] += figures[0]
            total[1] += figures[1]
            total[2] += figures[1] * figures[2]
    rows = [
        Row(keys, int(clicks), int(shown), weighted / shown)
        for keys, (clicks, shown, weighted) in sums.items()
    ]
    by_date = grouping.dimensions.index("date") if "date" in grouping.dimensions else -1
    rows.sort(
        key=lambda row: (
            row.keys[by_date] if by_date >= 0 else "",
            -row.clicks,
            zlib.crc32("|".join(row.keys).encode()),
        )
    )
    return _cut(rows, by_date)


def _cut(rows: list[Row], by_date: int) -> list[Row]:
    if by_date < 0:
        return rows[:MOST_ROWS_A_DAY]
    kept, seen = [], {"": 0}
    for row in rows:
        seen[row.keys[by_date]] = seen.get(row.keys[by_date], 0) + 1
        if seen[row.keys[by_date]] <= MOST_ROWS_A_DAY:
            kept.append(row)
    return kept


_Piece = tuple[tuple[str, ...], int, int, float]


def _pieces(site: Site, day: SiteDay, grouping: Grouping) -> Iterator[_Piece]:
    """(keys, clicks, impressions, position) of what falls into the report."""
    names = grouping.dimensions
    if not grouping.filters and not grouping.is_by_page and set(names) <= {"date"}:
        if day.impressions:
            keys = tuple(day.date.isoformat() for _ in names)
            yield keys, day.clicks, day.impressions, day.position
        return
    for cell in split(site, day):
        if "query" in names and cell.query is None:
            continue
        for shown in _counted(cell, is_by_page=grouping.is_by_page):
            if all(
                one.holds(getattr(shown, one.dimension)) for one in grouping.filters
            ):
                keys = _keys(names, shown, day)
                yield keys, shown.clicks, shown.impressions, shown.position


def _counted(cell: Cell, *, is_by_page: bool) -> Sequence[Cell]:
    """Counting by page, the second page of the same results counts too."""
    if not is_by_page or not cell.second_impressions:
        return (cell,)
    second = cell._replace(
        page=cell.second_page,
        clicks=0,
        impressions=cell.second_impressions,
        position=cell.position + 1,
    )
    return (cell, second)


def _keys(names: Sequence[str], cell: Cell, day: SiteDay) -> tuple[str, ...]:
    return tuple(
        day.date.isoformat() if name == "date" else getattr(cell, name)
        for name in names
    )
