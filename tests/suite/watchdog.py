"""Leaves nothing behind once a test session was killed.

Each process that runs tests starts a watchdog, which waits until that process is no
more. Then it kills what descends from it, known by a word in the environment that
children inherit. Where the process did not say good-bye, it also deletes its folders,
and with them the embedded servers that have their home there: servers detach
themselves and inherit nothing.

The fixtures import it before pytest does: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["look_after", "say_good_bye"]

_MARK = "TIMONEL_TEST_SESSION"
_GOOD_BYE = "good-bye"
_LOOKS_EVERY = 0.5
_PROC = Path("/proc")


@dataclass(frozen=True)
class _Watchdog:
    process: subprocess.Popen[bytes]
    owner: int


_watchdogs: list[_Watchdog] = []


def look_after(folder: Path) -> None:
    """Delete a folder and the servers in it if this process is killed."""
    _tell(f"{folder.absolute()}\0")


def say_good_bye() -> None:
    """Let the folders stay: this process ends by itself, its servers are stopped."""
    if _watchdogs and _watchdogs[-1].owner == os.getpid():
        _tell(_GOOD_BYE)
        _watchdogs.pop().process.communicate()


def _tell(words: str) -> None:
    pipe = _watchdog().process.stdin
    assert pipe is not None
    # It is gone before this process only where somebody killed it.
    with suppress(BrokenPipeError):
        pipe.write(words.encode())
        pipe.flush()


def _watchdog() -> _Watchdog:
    """The one of this process, and not of one it was forked from."""
    if not _watchdogs or _watchdogs[-1].owner != os.getpid():
        _watchdogs.append(_start())
    return _watchdogs[-1]


def _start() -> _Watchdog:
    mark = f"{os.getpid()}-{secrets.token_hex(8)}"
    root = Path(__file__).parents[2]
    environment = {k: v for k, v in os.environ.items() if k != _MARK}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.suite.watchdog", str(os.getpid()), mark],
        stdin=subprocess.PIPE,
        cwd=root,
        env=environment | {"PYTHONPATH": str(root)},
        # What ends a session by a key or to its group must not end this one.
        start_new_session=True,
    )
    os.environ[_MARK] = mark
    return _Watchdog(process, os.getpid())


# -- hooks of pytest -----------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--end-with-parent",
        action="store_true",
        help="end once the process that started pytest is gone",
    )


def pytest_configure(config: pytest.Config) -> None:
    _watchdog()
    if config.getoption("--end-with-parent") and not hasattr(config, "workerinput"):
        arguments = (os.getppid(),)
        threading.Thread(target=_end_with, args=arguments, daemon=True).start()


def pytest_unconfigure() -> None:
    say_good_bye()


@pytest.fixture(scope="session", autouse=True)
def _folder_looked_after(tmp_path_factory: pytest.TempPathFactory) -> None:
    look_after(tmp_path_factory.getbasetemp())


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


# -- the watchdog itself -------------------------------------------------------


def watch(session: int, mark: str) -> None:
    """Wait until a process is gone, then leave nothing of it."""
    told = b""
    while os.getppid() == session:
        if select.select([0], [], [], _LOOKS_EVERY)[0]:
            read = os.read(0, 65536)
            if not read:
                break
            told += read
    while select.select([0], [], [], 0)[0] and (read := os.read(0, 65536)):
        told += read
    _kill(mark)
    *folders, last = told.decode().split("\0")
    if last != _GOOD_BYE:
        for folder in folders:
            _delete(Path(folder))


def _kill(mark: str) -> None:
    """Kill all that carry the mark, and what they start meanwhile."""
    while marked := list(_marked(mark)):
        for process_id in marked:
            with suppress(OSError):
                os.kill(process_id, signal.SIGKILL)
        time.sleep(0.05)


def _marked(mark: str) -> Iterator[int]:
    """Processes that were started with the mark and live."""
    entry = f"{_MARK}={mark}".encode()
    for path in _PROC.glob("[0-9]*/environ"):
        # Of others, of dead ones and of those that end meanwhile nothing is told.
        with suppress(OSError):
            if entry in path.read_bytes().split(b"\0"):
                yield int(path.parent.name)


def _delete(folder: Path) -> None:
    # Imported by the watchdog of a session that was killed, and not by each.
    from orchestration.lib.warehouse.embedded_postgres import (  # noqa: PLC0415
        EmbeddedPostgres,
        PostgresWillNotStart,
    )

    for created in list(folder.rglob("created")):
        # Another session may be deleting the same folder.
        with suppress(OSError, PostgresWillNotStart):
            EmbeddedPostgres(created.parent).remove()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2])
