"""Fixtures everyone may use: a fresh, migrated database on an embedded Postgres."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestration.lib.database import migrate
from orchestration.lib.embedded_postgres import EmbeddedPostgres
from tests.memory_folder import memory_folder

if TYPE_CHECKING:
    from tests.dbt_project.warehouse import Warehouse

NewDatabase = Callable[[], AbstractContextManager[str]]

_DATABASE_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of this test session where many small files cost little."""
    with memory_folder(tmp_path_factory.mktemp("memory")) as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(memory: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test session, stopped at its end."""
    # Nothing in a test outlives a crash of the machine.
    fast = (("fsync", "off"), ("synchronous_commit", "off"))
    server = EmbeddedPostgres(memory / "server", settings=fast)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def _template_url(postgres: EmbeddedPostgres) -> str:
    migrate(postgres.url())
    return postgres.url()


@pytest.fixture(scope="session")
def new_database(_template_url: str) -> NewDatabase:
    """Make a fresh database with every migration applied, for as long as needed."""
    return copies_of(_template_url)


@pytest.fixture(scope="session")
def _built(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Warehouse, str]]:
    from tests.dbt_project.warehouse import built_once

    with new_database() as url:
        warehouse = built_once(url, tmp_path_factory.mktemp("built"))
        # Taken at once: what tests do to the first is not in the copy.
        with copies_of(url)() as copy:
            yield warehouse, copy


@pytest.fixture(scope="session")
def built(_built: tuple[Warehouse, str]) -> Warehouse:
    """A database where every model was built and tested once, on empty raw tables."""
    return _built[0]


@pytest.fixture(scope="session")
def new_installation(_built: tuple[Warehouse, str]) -> NewDatabase:
    """Make a database in which the models stand, as when others run there already."""
    return copies_of(_built[1])


def copies_of(url: str, called: str | None = None) -> NewDatabase:
    """Make copies of a database to which nobody is connected meanwhile.

    ``called`` is for what is one at a time and remembers the name of its database.
    """
    server, template = url.rsplit("/", 1)

    @contextmanager
    def make() -> Iterator[str]:
        name = called or f"test_{next(_DATABASE_NUMBERS)}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"create database {name} template {template}")
            # Rights on a database are the one thing a copy does not inherit.
            admin.execute(f"grant create on database {name} to loader")
        yield f"{server}/{name}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")

    return make


@pytest.fixture
def database_url(new_database: NewDatabase) -> Iterator[str]:
    """URL of a fresh, migrated database, as the admin user."""
    with new_database() as url:
        yield url
