"""One day of one property, read whole and checked against itself.

The days come with few guarantees: rows are sorted by clicks with ties in any order,
an empty answer has no rows at all, and rare queries are left out. So a short page is
believed to be the last one only if the clicks add up; otherwise it is asked again
where the rows end. Country and device are never anonymised, so their clicks must be
the property's clicks.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from taps.api_source.errors import SourceError
from taps.tap_search_console.client import ROW_LIMIT, Query, Row, SearchConsole

__all__ = ["CONTROL", "Day", "Property", "read_day"]

_logger = logging.getLogger(__name__)

#: Most rows that Google gives of one day, search type and property.
_MOST_ROWS = 50_000
_READS = 2

#: Dimensions whose clicks add up to the property's.
CONTROL = ("country", "device")
#: Discover has no devices.
_CONTROL_OF_DISCOVER = ("country",)

#: Search types that know no queries, and are counted by page only.
_BY_PAGE_ONLY = {"discover", "googleNews"}


@dataclass(frozen=True)
class Property:
    """A property and a kind of search: what a day is read of."""

    site_url: str
    search_type: str
    data_state: str

    @property
    def control(self) -> tuple[str, ...]:
        """The dimensions whose clicks are never left out."""
        return _CONTROL_OF_DISCOVER if self.search_type == "discover" else CONTROL

    def has(self, dimensions: tuple[str, ...]) -> bool:
        """Whether this kind of search knows the dimensions."""
        return not ("query" in dimensions and self.search_type in _BY_PAGE_ONLY)

    def query(self, first: date, last: date, dimensions: tuple[str, ...] = ()) -> Query:
        """The question for some days by some dimensions."""
        by_page = "page" in dimensions or self.search_type in _BY_PAGE_ONLY
        return Query(
            site_url=self.site_url,
            search_type=self.search_type,
            first=first,
            last=last,
            dimensions=dimensions,
            data_state=self.data_state,
            aggregation="auto" if by_page else "byProperty",
        )


@dataclass
class Day:
    """What Google says of one day; ``total`` is None when nobody saw the property."""

    date: date
    read_at: datetime
    total: Row | None
    control_rows: Sequence[Row] = ()
    rows: dict[tuple[str, ...], Sequence[Row]] = field(default_factory=dict)
    is_final: bool = False

    @property
    def clicks(self) -> int:
        """Clicks of the property."""
        return self.total.clicks if self.total else 0

    def sum_of(self, dimensions: tuple[str, ...]) -> int:
        """Clicks of the rows by some dimensions."""
        return sum(row.clicks for row in self.rows.get(dimensions, ()))

    @property
    def is_empty(self) -> bool:
        """Whether Google has nothing of the day, or nothing yet."""
        return not any(row.was_seen for rows in self.rows.values() for row in rows)


def read_day(
    console: SearchConsole,
    of: Property,
    day: date,
    wanted: Sequence[tuple[str, ...]],
) -> Day:
    """Read a day by each of the wanted dimensions; again from its start if need be.

    Raises
    ------
    SourceError
        What Google says of the day does not agree with itself, twice.
    """
    problem = ""
    for _ in range(_READS):
        answer = _read_once(console, of, day, wanted)
        problem = _disagreement(answer, of)
        if not problem:
            return answer
        _logger.warning("%s: %s", of.query(day, day).call, problem)
    raise SourceError(
        f"{problem}, even when read a second time",
        call=of.query(day, day).call,
        remedy="Nothing of this day was kept; run it again later.",
    )


def _read_once(
    console: SearchConsole, of: Property, day: date, wanted: Sequence[tuple[str, ...]]
) -> Day:
    read_at = datetime.now(UTC)
    totals = console.page(of.query(day, day)).rows
    answer = Day(day, read_at, totals[0] if totals else None)
    answer.rows[()] = totals
    answer.control_rows = _rows(console, of.query(day, day, of.control), answer)
    answer.rows[of.control] = answer.control_rows
    if answer.is_empty:
        return answer
    for dimensions in wanted:
        if dimensions not in {*answer.rows, CONTROL} and of.has(dimensions):
            query = of.query(day, day, dimensions)
            answer.rows[dimensions] = _rows(console, query, answer)
    return answer


def _rows(console: SearchConsole, query: Query, answer: Day) -> Sequence[Row]:
    """All rows of a query; the end of the rows is looked at twice when in doubt."""
    rows: list[Row] = []
    openings: set[tuple[str, ...]] = set()
    is_second_look = False
    while True:
        page = console.page(query, start_row=len(rows)).rows
        rows += page
        opening = tuple(page[0].keys.values()) if page else ()
        if page and opening in openings:
            # A page that came before: whoever checks the rows will see them twice.
            break
        openings.add(opening)
        if len(page) >= ROW_LIMIT:
            is_second_look = False
            continue
        was_full = not page and bool(rows)
        clicks = sum(row.clicks for row in rows)
        if is_second_look or not (was_full or clicks < answer.clicks):
            break
        is_second_look = True
    if len(rows) >= _MOST_ROWS:
        _logger.warning(
            "%s: Google gives %s rows of a day at most; the rest is missing, and the "
            "totals of site_days are right",
            query.call,
            f"{_MOST_ROWS:,}",
        )
    return rows


def _disagreement(answer: Day, of: Property) -> str:
    """What is wrong with a day, or an empty text."""
    for dimensions, rows in answer.rows.items():
        if len({tuple(row.keys.values()) for row in rows}) < len(rows):
            return f"rows by {' and '.join(dimensions) or 'date'} come twice"
    control = answer.sum_of(of.control)
    is_seen = answer.total is not None and answer.total.was_seen
    is_controlled = any(row.was_seen for row in answer.control_rows)
    if control != answer.clicks or is_seen != is_controlled:
        return (
            f"{control:,} clicks by {' and '.join(of.control)}, "
            f"{answer.clicks:,} clicks in all"
        )
    by_query = answer.sum_of(("query",))
    if by_query > answer.clicks:
        return f"{by_query:,} clicks by query, {answer.clicks:,} clicks in all"
    return ""
