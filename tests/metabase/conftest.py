"""Fixtures of the dashboards' tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from metabase.content.load import CONTENT_ROOT
from tests.conftest import NewDatabase, copies_of
from tests.metabase.pages.rows.reporting_rows import ensure_login, make_reporting
from tests.metabase.pages.shops import ACME, BOLT, NEW
from tests.metabase.server.filled import Start, Starts
from tests.metabase.server.servers import Server, copy_content

Edit = Callable[[str, str, str], Path]

_OFFLINE = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN")


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Copy the content and replace one text in one of its files."""
    copy_content(tmp_path)

    def replace(file: str, old: str, new: str) -> Path:
        path = tmp_path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return replace


@pytest.fixture(scope="session")
def new_shops(new_database: NewDatabase) -> Iterator[NewDatabase]:
    """Make a database whose reporting schema holds the three shops."""
    with new_database() as template:
        make_reporting(template, [ACME, BOLT, NEW])
        new_copy = copies_of(template)

        @contextmanager
        def make() -> Iterator[str]:
            with new_copy() as url:
                with psycopg.connect(url, autocommit=True) as admin:
                    for shop in (ACME, BOLT, NEW):
                        ensure_login(admin, f"bi_{shop.company_id}")
                yield url

        yield make


@pytest.fixture
def reporting_url(new_shops: NewDatabase) -> Iterator[str]:
    """URL of such a database, of one test."""
    with new_shops() as url:
        yield url


@pytest.fixture(scope="module")
def shops_url(new_shops: NewDatabase) -> Iterator[str]:
    """The same for tests that only read, which share one.

    Per module: roles belong to the server, and a test that removes a company takes its
    role away.
    """
    with new_shops() as url:
        yield url


@pytest.fixture(scope="session")
def starts(new_shops: NewDatabase, memory: Path) -> Iterator[Starts]:
    """Servers, empty and filled, over such databases."""
    starts = Starts(new_shops, memory)
    yield starts
    starts.close()


@pytest.fixture
def setting(starts: Starts) -> Iterator[Server]:
    """An empty double of a server, to be filled for acme and bolt."""
    with starts.empty(Start()) as server:
        yield server


@pytest.fixture
def filled(starts: Starts) -> Iterator[Server]:
    """The same, filled."""
    with starts.filled("acme and bolt", Start()) as server:
        yield server


@pytest.fixture
def filled_acme(starts: Starts) -> Iterator[Server]:
    """A double that was filled for acme alone."""
    with starts.filled("acme", Start(("acme",))) as server:
        yield server


@pytest.fixture
def filled_all(starts: Starts) -> Iterator[Server]:
    """A double that was filled for every company there is."""
    with starts.filled("all", Start(())) as server:
        yield server


@pytest.fixture
def small(starts: Starts) -> Iterator[Server]:
    """An empty one for acme alone, and with the page Clientes alone."""
    with starts.empty(Start(("acme",), "clientes")) as server:
        yield server


@pytest.fixture
def filled_small(starts: Starts) -> Iterator[Server]:
    """The same, filled."""
    with starts.filled("small", Start(("acme",), "clientes")) as server:
        yield server


@pytest.fixture(scope="session")
def npm_programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of Metabase's own programs, from `npm ci` with the committed lock."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    programs = Path("node_modules/.bin")
    if (CONTENT_ROOT / programs / "mb").exists():
        return CONTENT_ROOT / programs
    home = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONTENT_ROOT / name, home)
    try:
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm's package registry does not answer")
    if any(sign in done.stderr for sign in _OFFLINE):
        pytest.skip("npm cannot reach a package registry")
    assert done.returncode == 0, done.stderr
    return home / programs
