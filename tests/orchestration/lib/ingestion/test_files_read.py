"""Files that did not change are not read again; whatever did is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.connections.connections import add_connection, files_connection
from orchestration.lib.ingestion.files_read import (
    are_read,
    files_version,
    remember_read,
)
from orchestration.lib.tenancy.companies import Company, add_company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")


@pytest.fixture
def exports(database_url: str, tmp_path: Path) -> Path:
    """A folder of one file, connected and read to its end."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "orders.csv").write_text("customer,date,amount\na,2026-01-01,10\n")
    add_company(database_url, ACME)
    add_connection(database_url, files_connection("acme", folder))
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into ops.source_landings (company_id, source_slug, is_reading)"
            " values ('acme', 'files', false)"
        )
        admin.execute(
            "insert into ops.singer_bookmarks (company_id, tap, state)"
            " values ('acme', 'files/exports', '{}')"
        )
    remember_read(database_url, ACME, files_version(database_url, ACME))
    return folder


def test_what_was_read_is_read_and_counts_as_looked_at(
    database_url: str, exports: Path
) -> None:
    assert are_read(database_url, ACME, files_version(database_url, ACME))

    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select state, last_read_at from ops.connections"
        ).fetchone()
    assert row is not None
    assert row[0] == "healthy"
    assert row[1] is not None


def _same_size_and_time(exports: Path, url: str) -> None:
    file = exports / "orders.csv"
    before = file.stat()
    file.write_text(file.read_text().replace("10", "11"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _another_file(exports: Path, url: str) -> None:
    (exports / "2025").mkdir()
    (exports / "2025" / "orders.csv").write_text("customer,date,amount\n")


def _execute(statement: str) -> Callable[[Path, str], None]:
    def change(exports: Path, url: str) -> None:
        with psycopg.connect(url) as admin:
            admin.execute(statement.encode())

    return change


@pytest.mark.parametrize(
    "change",
    [
        _same_size_and_time,
        _another_file,
        _execute("update ops.connections set settings = settings || '{\"a\": 1}'"),
        _execute("delete from ops.singer_bookmarks"),
        _execute("update ops.source_landings set is_reading = true"),
    ],
    ids=["same size and time", "new file", "setting", "bookmark", "interrupted"],
)
def test_what_changed_is_read(
    database_url: str, exports: Path, change: Callable[[Path, str], None]
) -> None:
    change(exports, database_url)

    assert not are_read(database_url, ACME, files_version(database_url, ACME))


def test_a_file_written_while_it_was_read_is_read_again(
    database_url: str, exports: Path
) -> None:
    before = files_version(database_url, ACME)
    (exports / "orders.csv").write_text("customer,date,amount\nb,2026-01-02,20\n")
    remember_read(database_url, ACME, before)

    assert not are_read(database_url, ACME, files_version(database_url, ACME))
