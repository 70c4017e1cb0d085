"""Giving an audience out: asked for consent once more, each time."""

from __future__ import annotations

import csv
import fcntl
import os
import tempfile
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

import psycopg

from orchestration.lib.activation.audiences.contacts import members_now
from orchestration.lib.activation.audiences.layouts import LAYOUTS, e164
from orchestration.lib.activation.audiences.membership import Audience, load_audience
from orchestration.lib.activation.audiences.texts import Coupon, text_for
from orchestration.lib.core.spreadsheet_cells import text_cell
from orchestration.lib.core.temporary_folders import forget_abandoned
from orchestration.lib.warehouse.database import connect

__all__ = ["ExportRequest", "Exported", "export_audience", "write_rows"]

# Where somebody is written to, the text and the code; advertising platforms take none.
_COLUMNS = {
    "csv": ("proposed_text", "coupon_code"),
    "klaviyo": ("timonel_proposed_text", "timonel_coupon_code"),
    "whatsapp": ("proposed_text", "coupon_code"),
}


@dataclass(frozen=True)
class Exported:
    """A list that was given out.

    ``row_count`` customers are in it; ``withdrawn_count`` took their consent back (or
    were forgotten) since the audience was built, ``unreachable_count`` have no address
    that this destination reads. Of ``silent_phone_count`` who agreed to marketing there
    is a number that they did not agree to be written to on, as far as a source tells.
    """

    audience: Audience
    row_count: int
    withdrawn_count: int
    unreachable_count: int
    silent_phone_count: int


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
    language
        Of the proposed text.
    """

    company_id: str
    name: str
    destination: str
    exported_by: str
    is_holdout: bool = False
    language: str = "es"


def export_audience(url: str, request: ExportRequest, path: Path) -> Exported:
    """Write an audience as a file that its destination imports.

    Whoever took their consent back since is left out. Those of a segment that is
    leaving are proposed a text each (`texts.text_for`); has the audience a coupon in
    the shop, its code is the last column of those written to. The file appears whole
    or not at all, readable by its owner only; that it was given out is noted.

    Raises
    ------
    UnknownAudience
    """
    audience = load_audience(url, request.company_id, request.name)
    layout = LAYOUTS[request.destination]
    # The only role that may read where personal data lie writes nothing here.
    with connect(url, "transformer") as database:
        members = members_now(database, audience, is_held_back=request.is_holdout)
    with connect(url, "orchestrator") as database:
        agreed = [member for member in members if member.has_consent]
        coupon = _coupon(database, audience, request)
        rows = [
            {**dict(zip(layout.columns, layout.cells(row), strict=True)), **more}
            for each in agreed
            if (row := layout.row(each.contact))
            for more in (_written(audience, each.first_name, coupon, request),)
        ]
        columns = tuple(rows[0]) if rows else layout.columns
        exported = Exported(
            audience,
            len(rows),
            len(members) - len(agreed),
            len(agreed) - len(rows),
            sum(
                e164(each.phone) is not None and not each.has_phone_consent
                for each in agreed
            ),
        )
        _note(database, exported, request)
        write_rows(path, [columns, *(list(row.values()) for row in rows)])
    return exported


def _written(
    audience: Audience, name: str | None, coupon: Coupon | None, request: ExportRequest
) -> dict[str, str]:
    """What may be written to one of them, by column; nothing to those kept back."""
    if request.is_holdout or request.destination not in _COLUMNS:
        return {}
    text_column, code_column = _COLUMNS[request.destination]
    text = text_for(audience.segment_id, name, coupon, request.language)
    told = {} if text is None else {text_column: text_cell(text)}
    return told | ({code_column: coupon[0]} if coupon else {})


def _coupon(
    database: psycopg.Connection, audience: Audience, request: ExportRequest
) -> Coupon | None:
    """What members may use now; None for those kept back, who may not."""
    if request.is_holdout or request.destination not in _COLUMNS:
        return None
    found = database.execute(
        """select code, percent from ops.coupons
        where company_id = %s and audience_id = %s and state = 'created'
            and ends_at > now()""",
        (audience.company_id, audience.audience_id),
    ).fetchone()
    return (str(found[0]), found[1]) if found else None


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


def write_rows(path: Path, rows: list[Any]) -> None:
    """Write a file as a whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name}."
    # Of exports that were killed.
    forget_abandoned(path.parent.glob(f"{escape(prefix)}{'?' * 8}"))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix)
    fcntl.flock(handle, fcntl.LOCK_SH)
    try:
        with os.fdopen(handle, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
