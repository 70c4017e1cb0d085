"""Fixtures of the dashboards' tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from metabase.metabase_as_code.load import CONTENT_ROOT
from tests.conftest import NewDatabase
from tests.metabase.reporting_rows import make_reporting
from tests.metabase.server import Server, copy_content, keep_only, new_server
from tests.metabase.shops import ACME, BOLT, NEW

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


@pytest.fixture
def reporting_url(database_url: str) -> str:
    """URL of a database whose reporting schema holds the three shops."""
    make_reporting(database_url, [ACME, BOLT, NEW])
    return database_url


@pytest.fixture
def setting(reporting_url: str, tmp_path: Path) -> Iterator[Server]:
    """An empty double of a server, to be filled for acme and bolt."""
    copy_content(tmp_path)
    with new_server(reporting_url, tmp_path) as server:
        yield server


@pytest.fixture
def small(reporting_url: str, tmp_path: Path) -> Iterator[Server]:
    """The same for acme alone, and with the page Clientes alone."""
    copy_content(tmp_path)
    keep_only(tmp_path, "clientes")
    with new_server(reporting_url, tmp_path, ("acme",)) as server:
        yield server


@pytest.fixture(scope="module")
def shops_url(new_database: NewDatabase) -> Iterator[str]:
    """The same for tests that only read, which share one.

    Per module: roles belong to the server, and a test that removes a company takes its
    role away.
    """
    with new_database() as url:
        make_reporting(url, [ACME, BOLT, NEW])
        yield url


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
