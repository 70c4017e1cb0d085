"""Reports of a webinar: several tables in one file, read as files of their own.

A report of Zoom (others are written as it writes its own, see meeting_reports) is a
title, a table of one row that says which webinar it was, and below lines such as
``Attendee Details`` the tables of hosts, panelists and attendees, of answers to polls
or of questions. What they tell is written as files of the contracts webinars,
registrants, attendances and webinar_interactions, named after the report.

Source: https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0067389
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from taps.tap_files.formats.meeting_reports import (
    LOOKED_AT,
    as_zoom_writes,
    is_meeting_report,
)
from taps.tap_files.formats.report_answers import (
    ANSWERS,
    INTERACTIONS,
    QUESTION_COUNT,
    Answers,
)
from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.values.encodings import detect_encoding
from taps.tap_files.values.moments import order_shown_by
from taps.tap_files.wording import normalised

__all__ = ["split_reports"]

_LOOKED_AT: Final = 8
_HEAD_BYTES: Final = 8_192
_DELIMITERS: Final = ",;\t"
_WEBINAR: Final = {
    "title": ("Topic", "Tema"),
    "number": ("Webinar ID", "ID del webinar", "ID de webinar", "ID del seminario web"),
    "starts_at": (
        *("Actual Start Time", "Scheduled Time", "Start Time", "Hora de inicio"),
        *("Hora de inicio real", "Hora programada"),
    ),
    "length_minutes": (
        *("Actual Duration (minutes)", "Duration (minutes)", "Duración (minutos)"),
        "Duración real (minutos)",
    ),
    "question_count": QUESTION_COUNT,
}
_PERSON: Final = {
    "name": (
        *("User Name (Original Name)", "User Name", "Nombre de usuario"),
        *("Nombre de usuario (nombre original)", "Asker Name"),
        "Nombre del solicitante",
    ),
    "email": (
        *("Email", "Correo electrónico", "Dirección de correo electrónico"),
        *("User Email", "Email Address", "Asker Email"),
        *("Correo electrónico del usuario", "Correo electrónico del solicitante"),
    ),
    "registered_at": (
        *("Registration Time", "Hora de registro", "Hora de inscripción"),
        "Fecha de registro",
    ),
    "status": ("Approval Status", "Estado de aprobación"),
    "channel": ("Source Name", "Nombre de la fuente", "Nombre de origen"),
    "joined_at": ("Join Time", "Hora de entrada", "Hora de ingreso"),
    "left_at": ("Leave Time", "Hora de salida"),
}
_ROLES: Final = {"host": "host", "anfitri": "host", "panelist": "panelist"}
_STATUSES: Final = {
    **{"aprobado": "approved", "pendiente": "pending", "denegado": "denied"},
    **{"rechazado": "denied", "cancelado": "cancelled"},
}
_CONTRACTS: Final = {
    "webinars": ("webinar_id", "title", "starts_at", "length_minutes"),
    "registrants": (
        *("webinar_id", "registrant_id", "email", "registered_at", "status"),
        "channel",
    ),
    "attendances": (
        *("webinar_id", "registrant_id", "email", "session_id", "joined_at"),
        *("left_at", "role"),
    ),
    "webinar_interactions": INTERACTIONS,
}
_TIMES: Final = frozenset({"registered_at", "joined_at", "answered_at", "question"})
_UNKNOWN: Final = (
    "a table of the report says neither who registered nor who was there, answered a "
    "poll or asked"
)
_WHICH: Final = "Export the report of attendees, registrants, polls or Q&A"
_CLOCK: Final = re.compile(r"[\sT,]+\d{1,2}:\d{2}.*$")

_Told = Mapping[str, str]


@dataclass
class _Report:
    """What one report says, as rows of the contracts."""

    webinars: list[_Told] = field(default_factory=list)
    registrants: dict[str, _Told] = field(default_factory=dict)
    attendances: list[_Told] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)


@contextmanager
def split_reports(
    sources: Iterable[SourceFile],
) -> Iterator[tuple[list[SourceFile], list[FileError]]]:
    """The sources, each report replaced by its tables, and reports of no webinar.

    Only CSV is looked into. The tables are gone afterwards; they are as old as their
    report, so that of two reports of a webinar the later one counts.
    """
    found: list[SourceFile] = []
    errors: list[FileError] = []
    with tempfile.TemporaryDirectory(prefix="reports-") as folder:
        for source in sources:
            try:
                rows = _rows_of_report(source) if source.format == "csv" else None
                if rows is None:
                    found.append(source)
                else:
                    order = _date_order(rows)
                    found += _written(source, _told(source, rows), Path(folder), order)
            except FileError as error:
                errors.append(error)
            except OSError:
                found.append(source)  # told when it is read
        yield found, errors


def _rows_of_report(source: SourceFile) -> list[list[str]] | None:
    """Every row of a report; None for what is none, told by its first rows."""
    with source.path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    for delimiter in _DELIMITERS:
        with suppress(csv.Error):
            rows = csv.reader(io.StringIO(text), delimiter=delimiter)
            first = [*islice(rows, LOOKED_AT)]
            if _webinar_at(first[:_LOOKED_AT]) is not None:
                return _every_row(source, delimiter)
            if is_meeting_report(first):
                return as_zoom_writes(_every_row(source, delimiter))
    return None


def _every_row(source: SourceFile, delimiter: str) -> list[list[str]]:
    encoding = detect_encoding(source).name
    with source.path.open(encoding=encoding, newline="") as stream:
        try:
            return [*csv.reader(stream, delimiter=delimiter)]
        except csv.Error as error:
            problem = f"the report cannot be read: {error}"
            raise FileError(source.name, problem, remedy="Export it again") from None


def _webinar_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Where the header of the webinar's own table is, below a title of one cell."""
    if not rows or len([cell for cell in rows[0] if cell.strip()]) != 1:
        return None
    for at, row in enumerate(rows):
        if {"title", "number", "starts_at"} <= _places(row, _WEBINAR).keys():
            return at
    return None


def _told(source: SourceFile, rows: Sequence[Sequence[str]]) -> _Report:
    at = _webinar_at(rows)
    webinar = _row(rows, at, _WEBINAR)
    if webinar is None or not (webinar["number"] and webinar["starts_at"]):
        problem = "the report does not say of which webinar it is"
        raise FileError(source.name, problem, remedy="Export it again")
    # A recurring webinar has one number, and a report for each of its dates.
    day = _CLOCK.sub("", webinar["starts_at"])
    webinar_id = f"{re.sub(r'[^0-9]', '', webinar['number'])} {day}"
    report = _Report([{**webinar, "webinar_id": webinar_id}])
    role, places = "attendee", dict[str, int]()
    for row in rows[(at or 0) + 2 :]:
        told = [cell for cell in row if cell.strip()]
        # A title is in the first cell; one further on is a row's, such as an answer.
        if len(told) == 1 and row[0].strip():
            role, places = _role_of(told[0]), {}
        elif told and not places:
            places = _places(row, _PERSON | ANSWERS)
            if not _TIMES & places.keys():
                raise FileError(source.name, _UNKNOWN, remedy=_WHICH)
        elif told:
            cells = {name: _cell(row, at) for name, at in places.items()}
            cells |= {"webinar_id": webinar_id, "role": role}
            _add(report, cells, row[max(places.values()) + 1 :])
    asked, counted = report.answers.question_count, webinar.get("question_count", "")
    if counted.isdigit() and int(counted) != asked:
        problem = f"the report says {counted} questions and lists {asked}"
        raise FileError(source.name, problem, remedy="Export it again")
    return report


def _add(report: _Report, cells: _Told, others: Sequence[str]) -> None:
    """What a row says of a person: registered, was there, answered, asked.

    ``others`` are the cells behind those with a header: in a poll the answers.
    """
    who = cells.get("email") or cells.get("name", "")
    person = hashlib.sha256(who.casefold().encode()).hexdigest()[:16]
    told = {**cells, "registrant_id": person, "session_id": person}
    if "question" in cells:
        report.answers.add_question(told)
    elif "answered_at" in cells:
        report.answers.add_poll(told, others)
    if cells.get("registered_at") and cells.get("email"):
        status = cells.get("status", "").casefold()
        told["status"] = _STATUSES.get(status, status)
        report.registrants.setdefault(person, told)
    if cells.get("joined_at"):
        report.attendances.append(told)


def _date_order(rows: Sequence[Sequence[str]]) -> str | None:
    """What some date of the report proves, for its tables whose dates leave it open."""
    shown = {order_shown_by(cell) for row in rows for cell in row} - {None}
    return shown.pop() if len(shown) == 1 else None


def _written(
    source: SourceFile, report: _Report, folder: Path, order: str | None
) -> list[SourceFile]:
    modified = source.path.stat().st_mtime
    tables = {
        "webinars": report.webinars,
        "registrants": [*report.registrants.values()],
        "attendances": report.attendances,
        "webinar_interactions": report.answers.rows,
    }
    found = []
    for contract, rows in tables.items():
        if not rows:
            continue
        path = folder / f"{len(list(folder.iterdir()))}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            columns = _CONTRACTS[contract]
            writer = csv.DictWriter(stream, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        os.utime(path, (modified, modified))
        name = f"{source.name}/{contract}"
        found.append(SourceFile(path, name, "csv", contract, order))
    return found


def _places(row: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    keys = [normalised(cell) for cell in row]
    return {
        name: keys.index(key)
        for name, headers in wanted.items()
        for key in map(normalised, headers)
        if key in keys
    }


def _row(
    rows: Sequence[Sequence[str]], at: int | None, wanted: Mapping[str, Sequence[str]]
) -> dict[str, str] | None:
    """The row below a header, by the names of what is wanted."""
    if at is None or at + 1 >= len(rows):
        return None
    places = _places(rows[at], wanted)
    return {name: _cell(rows[at + 1], place) for name, place in places.items()}


def _cell(row: Sequence[str], at: int) -> str:
    """A cell, empty where the report writes that there is nothing."""
    cell = row[at].strip() if at < len(row) else ""
    return "" if cell in {"--", "-", "N/A"} else cell


def _role_of(title: str) -> str:
    key = normalised(title)
    return next((role for word, role in _ROLES.items() if word in key), "attendee")
