"""What to do when the database itself gives up: its disk is full, it was stopped.

Postgres says such things in its own words, and programs between it and a person (dbt,
the loader, Dagster) pass them on in theirs. So the words are looked for, wherever they
were said.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

__all__ = ["is_full", "remedy_of_start", "with_advice"]

#: Nothing is lost by it: what Postgres could not write it undid.
_FULL = (
    "The disk is full, and what was being written was undone; the data are whole. Free "
    "space there or give it a larger disk, then run again: it goes on where it stopped."
)
_STOPPED = (
    "The database was stopped or restarted meanwhile, and what was being written was "
    "undone. Run again once it answers (timonel doctor): it goes on where it stopped."
)
_REPAIR = "If the data cannot be repaired, `make clean` removes it."
_LEAST_ROOM = 2**20
# Postgres and the system, a limit of Postgres, SQLite (Dagster's history).
_NO_ROOM = (
    "No space left on device",
    "database or disk is full",
)
_REMEDIES = {
    **dict.fromkeys(_NO_ROOM, _FULL),
    'temporary file size exceeds "temp_file_limit"': _FULL,
    "terminating connection due to administrator command": _STOPPED,
    "terminating connection due to immediate shutdown command": _STOPPED,
    "terminating connection due to unexpected postmaster exit": _STOPPED,
    "because of crash of another server process": _STOPPED,
    "server closed the connection unexpectedly": _STOPPED,
    "the connection is lost": _STOPPED,
    "the connection is closed": _STOPPED,
    "the database system is shutting down": _STOPPED,
    "the database system is starting up": _STOPPED,
    "the database system is in recovery mode": _STOPPED,
    "the database system is not yet accepting connections": _STOPPED,
    "Connection reset by peer": _STOPPED,
    "Connection refused": _STOPPED,
}


def with_advice(message: str) -> str:
    """The message, and what to do about it if the database is the reason."""
    for words, remedy in _REMEDIES.items():
        if words in message and remedy not in message:
            return f"{message.strip()}\n{remedy}"
    return message


def is_full(failure: BaseException) -> bool:
    """Whether it, or what it came of, is that a disk is full."""
    return any(words in str(each) for each in _chain(failure) for words in _NO_ROOM)


def remedy_of_start(said: str, data: Path) -> str:
    """What to do about a server that does not start, by its words and its disk.

    On a full disk its log may lack the reason, too.
    """
    is_crowded = shutil.disk_usage(data).free < _LEAST_ROOM
    return _FULL if is_crowded or is_full(RuntimeError(said)) else _REPAIR


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__
