"""What to do when the database itself gives up: its disk is full, it was stopped.

Postgres says such things in its own words, and programs between it and a person (dbt,
the loader, Dagster) pass them on in theirs. So the words are looked for, wherever they
were said.
"""

from __future__ import annotations

__all__ = ["with_advice"]

_FULL = (
    "The disk of the database is full, and what was being written was undone. Free "
    "space there or give it a larger disk, then run again: it goes on where it stopped."
)
_STOPPED = (
    "The database was stopped or restarted meanwhile, and what was being written was "
    "undone. Run again once it answers (timonel doctor): it goes on where it stopped."
)
_REMEDIES = {
    "No space left on device": _FULL,
    'temporary file size exceeds "temp_file_limit"': _FULL,
    "terminating connection due to administrator command": _STOPPED,
    "server closed the connection unexpectedly": _STOPPED,
    "the connection is lost": _STOPPED,
    "the connection is closed": _STOPPED,
    "the database system is shutting down": _STOPPED,
    "the database system is starting up": _STOPPED,
    "Connection refused": _STOPPED,
}


def with_advice(message: str) -> str:
    """The message, and what to do about it if the database is the reason."""
    for words, remedy in _REMEDIES.items():
        if words in message and remedy not in message:
            return f"{message.strip()}\n{remedy}"
    return message
