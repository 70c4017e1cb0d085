"""Servers that were filled once, of which each test gets a copy of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from metabase.server.logins import (
    ACTIONS_VARIABLE,
    PASSWORD_VARIABLE,
    set_password,
)
from tests.conftest import NewDatabase, copies_of
from tests.metabase.pages.rows.reporting_rows import ensure_login
from tests.metabase.server.servers import (
    PASSWORDS,
    Server,
    copy_content,
    keep_only,
    new_server,
)

__all__ = ["ASKING", "Start", "Starts"]

ASKING = {
    **PASSWORDS,
    **{
        f"{ACTIONS_VARIABLE}_{company}": f"writer secret of {company}"
        for company in ("ACME", "BOLT", "NUEVA")
    },
}
"""The environment in which people may ask for something."""

_LOGINS = {
    PASSWORD_VARIABLE: ("bi", "bi_reader"),
    ACTIONS_VARIABLE: ("actions", "action_writer"),
}


@dataclass(frozen=True)
class Start:
    """From where a server is filled.

    ``page`` alone is kept of the files; none: all of them. ``prepare`` is done to the
    server before.
    """

    companies: tuple[str, ...] = ("acme", "bolt")
    page: str | None = None
    environment: dict[str, str] = field(default_factory=lambda: dict(PASSWORDS))
    prepare: Callable[[Server], None] = lambda _: None


class Starts:
    """Empty and filled servers. What is filled is filled once, and copied.

    Parameters
    ----------
    new_database
        Makes a database with the rows that cards are asked for.
    folder
        Where files are copied to.
    """

    def __init__(self, new_database: NewDatabase, folder: Path) -> None:
        self._new_database = new_database
        self._folder = folder
        self._contents: dict[str | None, Path] = {}
        self._filled: dict[str, _Filled] = {}
        self._open = ExitStack()

    def close(self) -> None:
        """Drop what was kept."""
        self._open.close()

    @contextmanager
    def empty(self, start: Start) -> Iterator[Server]:
        """A server that holds nothing, with files and a database of its own."""
        with self._new_database() as url, self._served(url, start) as server:
            start.prepare(server)
            yield server

    @contextmanager
    def filled(self, name: str, start: Start) -> Iterator[Server]:
        """The same after one apply, whatever other tests did since."""
        if name not in self._filled:
            self._filled[name] = self._fill(start)
        kept = self._filled[name]
        with kept.new_database() as url, self._served(url, start) as server:
            _set_passwords(url, start.environment)
            server.fake.take_up(kept.held)
            yield server

    def _fill(self, start: Start) -> _Filled:
        with self.empty(start) as server:
            server.run()
            url = server.request.database_url
            kept = self._open.enter_context(copies_of(url)())
            # The connections at the double are to a database of this name.
            name = url.rsplit("/", 1)[1]
            return _Filled(server.fake.kept(), copies_of(kept, called=name))

    @contextmanager
    def _served(self, url: str, start: Start) -> Iterator[Server]:
        _ensure_logins(url, start.environment)
        with (
            self._files(start.page) as files,
            new_server(url, files, start.companies) as server,
        ):
            server.environment = dict(start.environment)
            yield server

    @contextmanager
    def _files(self, page: str | None) -> Iterator[Path]:
        if page not in self._contents:
            self._contents[page] = self._new_folder()
            copy_content(self._contents[page])
            if page:
                keep_only(self._contents[page], page)
        files = self._new_folder()
        shutil.copytree(self._contents[page], files, dirs_exist_ok=True)
        try:
            yield files
        finally:
            shutil.rmtree(files)

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="content-", dir=self._folder))


@dataclass(frozen=True)
class _Filled:
    """What one apply left: at the double, and in the database."""

    held: dict[str, Any]
    new_database: NewDatabase


def _logins(
    admin: psycopg.Connection, environment: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Each login that is used in an environment, with its group and its password."""
    companies = admin.execute("select company_id from ops.companies").fetchall()
    for variable, (prefix, group) in _LOGINS.items():
        for (company,) in companies:
            password = environment.get(f"{variable}_{company.upper()}")
            if password:
                yield f"{prefix}_{company}", group, password


def _ensure_logins(url: str, environment: dict[str, str]) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        for role, group, _ in _logins(admin, environment):
            ensure_login(admin, role, group)


def _set_passwords(url: str, environment: dict[str, str]) -> None:
    """As the apply did, whose logins other tests have changed since, or dropped."""
    with psycopg.connect(url, autocommit=True) as admin:
        for role, _, password in _logins(admin, environment):
            set_password(admin, role, password)
