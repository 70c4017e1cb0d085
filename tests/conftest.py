"""Fixtures everyone may use: a fresh, migrated database on an embedded Postgres."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.suite.command_trees import keep_command_trees
from tests.suite.forked import forking_programs
from tests.suite.memory_folder import memory_folder
from tests.suite.template_cluster import (
    BUILT,
    FAST,
    CopiedPostgres,
    TemplateCluster,
    template_cluster,
)
from tests.suite.watchdog import look_after

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

pytest_plugins = ("tests.suite.costs", "tests.suite.sharing", "tests.suite.watchdog")

NewDatabase = Callable[[], AbstractContextManager[str]]
NewServer = Callable[[], AbstractContextManager[EmbeddedPostgres]]
#: From the URL of a database to variables of a process that starts dbt there.
KnowsProject = Callable[[str], dict[str, str]]

_DATABASE_NUMBERS = itertools.count(1)

# Here, as conftest files of folders import numpy before `pytest_configure`. Workers use
# every core already: on matrices of twenty columns more threads only wait for each
# other. They change no result. Child processes inherit it.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# As our programs do: what a session holds (a parsed project, Dagster's definitions) is
# large and stays; to look at all of it again and again took a tenth of the tests.
gc.set_threshold(200_000, 50, 100)

keep_command_trees()


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: none of it is garbage."""
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as cores: tests often wait, for a process or an answer."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.fixture(scope="session", autouse=True)
def _forked_programs() -> Iterator[None]:
    with forking_programs():
        yield


@pytest.fixture(autouse=True)
def _level_of_the_log() -> Iterator[None]:
    """A program run in the tests' own process sets the level for the tests after it."""
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.fixture(scope="session")
def _template() -> TemplateCluster:
    return template_cluster()


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of this test session where many small files cost little."""
    with memory_folder(tmp_path_factory.mktemp("memory")) as folder:
        look_after(folder)
        yield folder


@pytest.fixture(scope="session")
def postgres(_template: TemplateCluster, memory: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test session, stopped at its end."""
    origin = EmbeddedPostgres(_template.server)
    server = CopiedPostgres(memory / "server", settings=FAST, origin=origin)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def new_server(_template: TemplateCluster, memory: Path) -> NewServer:
    """Make a server besides, stopped, whose database has every migration applied."""

    @contextmanager
    def make() -> Iterator[EmbeddedPostgres]:
        origin = EmbeddedPostgres(_template.server)
        home = Path(tempfile.mkdtemp(prefix="server-", dir=memory))
        # The account of the server must reach into it.
        home.chmod(0o755)
        server = CopiedPostgres(home / "server", settings=FAST, origin=origin)
        yield server
        server.remove()

    return make


@pytest.fixture(scope="session")
def new_database(postgres: EmbeddedPostgres) -> NewDatabase:
    """Make a fresh database with every migration applied, for as long as needed."""
    return copies_of(postgres.url())


@pytest.fixture(scope="session")
def new_installation(postgres: EmbeddedPostgres) -> NewDatabase:
    """Make a database in which the models stand, as when others run there already."""
    return copies_of(f"{postgres.url().rsplit('/', 1)[0]}/{BUILT}")


@pytest.fixture(scope="session")
def parsed_project(_template: TemplateCluster) -> Manifest:
    """The parsed dbt project."""
    from tests.dbt_project.dbt_commands import read_manifest

    return read_manifest(_template.manifest)


@pytest.fixture(scope="session")
def knows_project(_template: TemplateCluster, memory: Path) -> KnowsProject:
    """Let dbt's processes find the project parsed for a database, in a folder."""
    from tests.suite.parsed_state import move_parsed, move_pickled

    origin = f"{EmbeddedPostgres(_template.server).url().rsplit('/', 1)[0]}/{BUILT}"

    def write(url: str) -> dict[str, str]:
        target = Path(tempfile.mkdtemp(prefix="dbt-", dir=memory))
        file = target / _template.parsed.name
        content = move_parsed(_template.parsed, origin, url)
        file.write_bytes(content)
        kept = move_pickled(_template.parsed, content, origin, url)
        file.with_suffix(".pickle").write_bytes(kept)
        return {"DBT_TARGET_PATH": str(target)}

    return write


def copies_of(url: str, called: str | None = None) -> NewDatabase:
    """Make copies of a database to which nobody is connected meanwhile.

    ``called`` is for what is one at a time and remembers the name of its database.
    """
    server, template = url.rsplit("/", 1)

    @contextmanager
    def make() -> Iterator[str]:
        name = called or f"test_{next(_DATABASE_NUMBERS):04}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            # Files are copied for a third of what the log of their pages would cost.
            admin.execute(
                f"create database {name} template {template} strategy file_copy"
            )
            # Rights on a database are the one thing a copy does not inherit.
            admin.execute(f"grant create on database {name} to loader")
            admin.execute(f"revoke temporary on database {name} from public")
            admin.execute(
                f"grant temporary on database {name}"
                " to loader, transformer, scientist, orchestrator"
            )
        yield f"{server}/{name}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")

    return make


@pytest.fixture
def database_url(new_database: NewDatabase) -> Iterator[str]:
    """URL of a fresh, migrated database, as the admin user."""
    with new_database() as url:
        yield url
