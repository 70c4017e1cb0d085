"""Giving an audience out: asked for consent once more, each time."""

from __future__ import annotations

import csv
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

from orchestration.lib.audiences.layouts import LAYOUTS, Contact
from orchestration.lib.audiences.membership import Audience, load_audience
from orchestration.lib.database import connect

__all__ = ["ExportRequest", "Exported", "export_audience"]


@dataclass(frozen=True)
class Exported:
    """A list that was given out.

    ``row_count`` customers are in it; ``withdrawn_count`` took their consent back (or
    were forgotten) since the audience was built, ``unreachable_count`` have no address
    that this destination reads.
    """

    audience: Audience
    row_count: int
    withdrawn_count: int
    unreachable_count: int


@dataclass(frozen=True)
class _Member:
    customer_id: str
    value: str
    has_consent: bool
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None

    @property
    def contact(self) -> Contact:
        return Contact(
            self.customer_id,
            self.email,
            self.phone,
            self.first_name,
            self.last_name,
            self.value,
        )


@dataclass(frozen=True)
class ExportRequest:
    """What somebody wants as a file.

    Parameters
    ----------
    name
        The audience.
    destination
        A key of `LAYOUTS`.
    is_holdout
        Those kept back instead of those to write to, as a list to exclude.
    """

    company_id: str
    name: str
    destination: str
    exported_by: str
    is_holdout: bool = False


def export_audience(url: str, request: ExportRequest, path: Path) -> Exported:
    """Write an audience as a file that its destination imports.

    Whoever took their consent back since is left out. The file appears whole or not at
    all, readable by its owner only; that it was given out is noted.

    Raises
    ------
    UnknownAudience
    """
    audience = load_audience(url, request.company_id, request.name)
    layout = LAYOUTS[request.destination]
    # The only role that may read where personal data lie writes nothing here.
    with connect(url, "transformer") as database:
        members = _members(database, audience, is_held_back=request.is_holdout)
    with connect(url, "orchestrator") as database:
        agreed = [member for member in members if member.has_consent]
        rows = [row for each in agreed if (row := layout.row(each.contact))]
        exported = Exported(
            audience,
            len(rows),
            len(members) - len(agreed),
            len(agreed) - len(rows),
        )
        _note(database, exported, request)
        _write(path, [layout.columns, *rows])
    return exported


def _members(
    database: psycopg.Connection, audience: Audience, *, is_held_back: bool
) -> list[_Member]:
    with database.cursor(row_factory=class_row(_Member)) as cursor:
        return cursor.execute(
            """select members.customer_id,
                coalesce(members.predicted_value_12m::text, '') as value,
                coalesce(contacts.has_email_consent, false) as has_consent,
                contacts.email, contacts.phone, contacts.first_name, contacts.last_name
            from ops.audience_members as members
            left join personal.contacts as contacts using (company_id, customer_id)
            where members.company_id = %s and members.audience_id = %s
                and members.is_held_back = %s
            order by members.predicted_value_12m desc nulls last,
                members.customer_id""",
            (audience.company_id, audience.audience_id, is_held_back),
        ).fetchall()


def _note(
    database: psycopg.Connection, exported: Exported, request: ExportRequest
) -> None:
    database.execute(
        """insert into ops.audience_exports (company_id, audience_id, destination,
            is_holdout, row_count, withdrawn_count, unreachable_count, exported_by)
        values (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            *(request.company_id, exported.audience.audience_id),
            *(request.destination, request.is_holdout, exported.row_count),
            *(exported.withdrawn_count, exported.unreachable_count),
            request.exported_by,
        ),
    )


def _write(path: Path, rows: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
