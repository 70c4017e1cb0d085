"""Reports of Microsoft Teams and GoToWebinar, written as Zoom writes its own.

Teams tells a meeting in lines of a name and a value, who was there in a table, and
each of their visits in another one. GoToWebinar names its webinar in pairs of a line
of headers and one of values, and puts everybody in one table.

Sources: https://learn.microsoft.com/microsoftteams/teams-analytics-and-reports/meeting-attendance-report
https://support.goto.com/webinar/help/attendee-report
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from taps.tap_files.wording import normalised

__all__ = ["LOOKED_AT", "as_zoom_writes", "is_meeting_report"]

LOOKED_AT: Final = 20
_WEBINAR: Final = ("Topic", "Webinar ID", "Start Time", "Duration (minutes)")
_VISIT: Final = ("User Name", "Email", "Join Time", "Leave Time")
_PERSON: Final = (*_VISIT, "Registration Time")
_TITLE: Final = ("meetingtitle", "titulodelareunion")
_START: Final = ("starttime", "meetingstarttime", "horadeinicio")
_LENGTH: Final = ("meetingduration", "duraciondelareunion")
_NAME: Final = ("name", "fullname", "nombre", "nombrecompleto")
_JOIN: Final = ("jointime", "firstjoin", "horadeunion", "primeraunion")
_LEAVE: Final = ("leavetime", "lastleave", "horadesalida", "ultimasalida")
_EMAIL: Final = ("email", "correoelectronico")
_ROLE: Final = ("role", "rol")
_SECTION: Final = re.compile(r"[1-9]\.\s")
_HOSTS: Final = {
    **{"organizer": "Host Details", "organizador": "Host Details"},
    **{"presenter": "Panelist Details", "moderador": "Panelist Details"},
}
_GUESTS: Final = "Attendee Details"
_PART: Final = re.compile(r"(\d+)\s*([hms])")
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}
_GOTO: Final = {
    "Topic": ("webinarname",),
    "Webinar ID": ("webinarid",),
    "Start Time": ("actualstartdatetime", "scheduledstartdatetime", "starttime"),
    "Duration (minutes)": ("actualdurationminutes", "durationminutes"),
}
_MISSED: Final = frozenset({"no", "false"})

_Rows = Sequence[Sequence[str]]


def is_meeting_report(rows: _Rows) -> bool:
    """Whether the first rows are those of a report of one of the two programs."""
    return _is_teams(rows) or _is_goto(rows)


def as_zoom_writes(rows: _Rows) -> list[list[str]]:
    """The rows of such a report under the titles and headers of Zoom's."""
    if _is_goto(rows):
        return _goto(rows)
    return _teams(rows) if _is_teams(rows) else [list(row) for row in rows]


def _is_teams(rows: _Rows) -> bool:
    first = " ".join(rows[0]).strip() if rows else ""
    return bool(_SECTION.match(first)) and _value(rows, _TITLE) is not None


def _is_goto(rows: _Rows) -> bool:
    said = {normalised(cell) for row in rows[:LOOKED_AT] for cell in row}
    return {"gotowebinar", "webinarname", "webinarid"} <= said or (
        {"attendeereport", "webinarname", "webinarid"} <= said
    )


def _teams(rows: _Rows) -> list[list[str]]:
    title = _value(rows, _TITLE) or ""
    start = _value(rows, _START) or ""
    # A meeting has no number of its own: its title stands for it.
    number = str(int(hashlib.sha256(title.encode()).hexdigest()[:12], 16))
    length = _minutes(_value(rows, _LENGTH) or "")
    told = [["Teams"], [*_WEBINAR], [title, number, start, length]]
    people: dict[str, list[list[str]]] = {}
    tables = [table for table in _tables(rows) if _first(table[0], _JOIN) is not None]
    for table in tables[-1:]:  # each visit, where the report tells them
        for row in table[1:]:
            cells = _cells(table[0], row)
            role = _HOSTS.get(normalised(_of(cells, _ROLE)), _GUESTS)
            visit = [_of(cells, each) for each in (_NAME, _EMAIL, _JOIN, _LEAVE)]
            people.setdefault(role, []).append(visit)
    for role, visits in people.items():
        told += [[role], [*_VISIT], *visits]
    return told


def _goto(rows: _Rows) -> list[list[str]]:
    values = {
        name: next(
            (
                below[at].strip()
                for row, below in pairwise(rows)
                for at, cell in enumerate(row)
                if normalised(cell) in keys and at < len(below)
            ),
            "",
        )
        for name, keys in _GOTO.items()
    }
    told = [["GoToWebinar"], [*_WEBINAR], [values[name] for name in _WEBINAR]]
    at = next((i for i, row in enumerate(rows) if _is_goto_people(row)), len(rows))
    told += [[_GUESTS], [*_PERSON]]
    for row in rows[at + 1 :]:
        cells = _cells(rows[at], row)
        if "@" not in _of(cells, ("email", "emailaddress")):
            continue
        was_there = normalised(cells.get("attended", "yes")) not in _MISSED
        visits = (cells.get("jointime", ""), cells.get("leavetime", ""))
        name = f"{cells.get('firstname', '')} {cells.get('lastname', '')}".strip()
        registered = _of(cells, ("registrationdate", "registrationdatetime"))
        email = _of(cells, ("email", "emailaddress"))
        joined = visits if was_there else ("", "")
        told.append([name, email, *joined, registered])
    return told


def _is_goto_people(row: Sequence[str]) -> bool:
    keys = {normalised(cell) for cell in row}
    says_when = keys & {"attended", "registrationdate", "registrationdatetime"}
    return bool(says_when) and bool(keys & {"email", "emailaddress"})


def _tables(rows: _Rows) -> list[list[Sequence[str]]]:
    """What stands below each numbered title, header first, until an empty row."""
    tables: list[list[Sequence[str]]] = []
    is_open = False
    for row in rows:
        said = [cell for cell in row if cell.strip()]
        if len(said) == 1 and _SECTION.match(said[0].strip()):
            tables.append([])
            is_open = True
        elif not said:
            is_open = not tables or not tables[-1]
        elif tables and is_open:
            tables[-1].append(row)
    return [table for table in tables if table]


def _value(rows: _Rows, names: Sequence[str]) -> str | None:
    """What stands beside a name, in the lines above the tables."""
    told = (row for row in rows[:LOOKED_AT] if len(row) > 1)
    return next((row[1].strip() for row in told if normalised(row[0]) in names), None)


def _first(header: Sequence[str], names: Sequence[str]) -> int | None:
    keys = [normalised(cell) for cell in header]
    return next((keys.index(name) for name in names if name in keys), None)


def _cells(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {
        normalised(name): cell.strip() for name, cell in zip(header, row, strict=False)
    }


def _of(cells: Mapping[str, str], names: Sequence[str]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")


def _minutes(length: str) -> str:
    """Whole minutes of ``1h 30m 51s``; nothing of what is written otherwise."""
    parts = _PART.findall(length.lower())
    seconds = sum(int(count) * _SECONDS[unit] for count, unit in parts)
    return str(round(seconds / 60)) if parts else ""
