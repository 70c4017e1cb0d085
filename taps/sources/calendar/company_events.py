"""The company's own events: promotions, launches, whatever moves its sales."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from taps.api_source.errors import SourceError

__all__ = ["CompanyEvent", "company_events"]

_REQUIRED = ("date", "name", "kind")
_COLUMNS = {*_REQUIRED, "end_date"}
_LONGEST_DAYS = 366
_PROBLEMS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class CompanyEvent:
    """One day of an event."""

    day: date
    event_id: str
    name: str
    event_type: str


class _BadLine(Exception):
    """A line that is no event; the text says why."""


def company_events(path: Path) -> list[CompanyEvent]:
    """The days of all events of the file, in order.

    Raises
    ------
    SourceError
        The file cannot be read, or lines of it are no events: each is named, and
        none is taken.
    """
    problems: list[str] = []
    found: dict[tuple[date, str], CompanyEvent] = {}
    for line_number, row in _rows(path):
        try:
            for event in _days(row):
                key = (event.day, event.event_id)
                if key in found:
                    raise _BadLine(f"'{event.name}' is there twice on {event.day}")
                found[key] = event
        except _BadLine as problem:
            problems.append(f"line {line_number}: {problem}")
    if problems:
        more = len(problems) - _PROBLEMS_SHOWN
        shown = problems[:_PROBLEMS_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise SourceError(
            "; ".join(shown),
            call=path.name,
            remedy="Correct these lines; none of the file was read.",
        )
    return [found[key] for key in sorted(found)]


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SourceError(
            f"cannot be read ({reason})",
            call=f"events_file {path}",
            remedy="Give the path of a CSV file in UTF-8.",
        ) from None
    header, _, _ = text.partition("\n")
    lines = csv.reader(text.splitlines(), delimiter=";" if ";" in header else ",")
    names = [name.strip().lower() for name in next(lines, [])]
    missing = [name for name in _REQUIRED if name not in names]
    unknown = [name for name in names if name not in _COLUMNS]
    if missing or unknown:
        wrong = [f"no column '{n}'" for n in missing]
        wrong += [f"unknown column '{n}'" for n in unknown]
        raise SourceError(
            ", ".join(wrong),
            call=f"{path.name}, line 1",
            remedy="The columns are date, end_date (optional), name and kind.",
        )
    for cells in lines:
        if any(cell.strip() for cell in cells):
            yield lines.line_num, dict(zip(names, cells, strict=False))


def _days(row: Mapping[str, str]) -> Iterator[CompanyEvent]:
    name, kind = (" ".join(row.get(column, "").split()) for column in ("name", "kind"))
    if not name or not kind:
        raise _BadLine(f"it has no {'kind' if name else 'name'}")
    first = _date(row, "date")
    last = _date(row, "end_date") if row.get("end_date", "").strip() else first
    if last < first:
        raise _BadLine(f"end_date {last} is before date {first}")
    count = (last - first).days + 1
    if count > _LONGEST_DAYS:
        raise _BadLine(f"it lasts {count:,} days, more than a year")
    for offset in range(count):
        day = first + timedelta(days=offset)
        yield CompanyEvent(
            day=day, event_id=_identifier(name), name=name, event_type=kind
        )


def _date(row: Mapping[str, str], column: str) -> date:
    text = row.get(column, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _BadLine(f"{column} '{text}' is not a date like 2026-01-31") from None


def _identifier(name: str) -> str:
    """The name in small letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "_", letters).strip("_") or name
