"""Whether a company's files are those that were read last.

Starting a tap, a target and a Dagster run to find out costs seconds per company; the
hash of the same bytes costs next to nothing. Whatever could make the tap do anything
is in the version: so a file that was touched is read, and one that was not, is not.
"""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from orchestration.lib.connections.connection_states import record_read
from orchestration.lib.connections.connections import Connection, list_connections
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.warehouse.database import connect, has_relation
from orchestration.lib.warehouse.raw_tables import taps_version

__all__ = ["are_read", "files_version", "remember_read"]


def files_version(url: str, company: Company) -> str:
    """Hash of the files as they are now, and of how they are read."""
    content = hashlib.sha256(repr((taps_version(), company)).encode())
    for connection in list_connections(url, company.company_id, "files"):
        content.update(repr(connection).encode())
        for path in _files(connection):
            content.update(repr(str(path)).encode())
            with path.open("rb") as stream:
                content.update(hashlib.file_digest(stream, "sha256").digest())
    return content.hexdigest()


def are_read(url: str, company: Company, version: str) -> bool:
    """Whether this version was read to its end, and all of it is still there.

    If so, the connections count as read now: somebody looked.
    """
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select version_read from ops.source_landings
            where company_id = %s and source_slug = 'files' and not is_reading""",
            (company.company_id,),
        ).fetchone()
    if row != (f"{version} {_loaded(url, company.company_id)}",):
        return False
    connections = list_connections(url, company.company_id, "files")
    # Whether a database changed is only known once it is read.
    if any(each.settings.get("tables") for each in connections):
        return False
    for connection in connections:
        record_read(url, connection)
    return True


def remember_read(url: str, company: Company, version: str) -> None:
    """Files of this version, hashed before they were read, were read without fault."""
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.source_landings set version_read = %s
            where company_id = %s and source_slug = 'files'""",
            (f"{version} {_loaded(url, company.company_id)}", company.company_id),
        )


def _loaded(url: str, company_id: str) -> str:
    """Hash of bookmarks and visible files: some may be deleted, to be loaded again."""
    with connect(url, "orchestrator") as database:
        bookmarks = database.execute(
            """select tap, state::text from ops.singer_bookmarks
            where company_id = %s and tap like 'files/%%' order by tap""",
            (company_id,),
        ).fetchall()
    with connect(url, "transformer") as database:
        files = []
        if has_relation(database, "raw_files.files"):
            files = database.execute(
                """select file_name, file_sha256 from raw_files.files
                where company_id = %s order by 1, 2""",
                (company_id,),
            ).fetchall()
    return hashlib.sha256(repr((bookmarks, files)).encode()).hexdigest()


def _files(connection: Connection) -> Iterator[Path]:
    """Every file the tap could find: rather one too many than one too few."""
    for text in connection.settings["paths"]:
        path = Path(text).expanduser()
        # The path itself, what is below it if it is a folder, or what a glob matches.
        matches = (Path(match) for match in glob.iglob(str(path), recursive=True))  # noqa: PTH207
        found = chain([path], path.rglob("*"), matches)
        yield from sorted({file for file in found if file.is_file()})
