"""What can go wrong, by who has to act on it."""

from __future__ import annotations

import psycopg

__all__ = ["InputError", "LoadError", "RejectedRecordError", "describe"]


class LoadError(Exception):
    """The load stops here.

    The message says what is wrong, where, and what to do. It holds no value of a
    record and no password, so it may be logged.
    """


class InputError(LoadError):
    """A message breaks the Singer contract; the reader adds its line number."""


class RejectedRecordError(ValueError):
    """One record cannot be stored as declared; the others can.

    The reason names the property and the rule, never the value, so that reasons can
    be counted and logged.
    """


def describe(error: psycopg.Error) -> str:
    """Say what Postgres refused, without the values it refused.

    The detail of an integrity error (class 23) and the message of a data error
    (class 22) quote the row, so neither is repeated.
    """
    state = error.sqlstate or ""
    name = type(error).__name__
    if state[:2] in {"22", "23"}:
        return f"Postgres refused the data ({name}, SQLSTATE {state})"
    message = error.diag.message_primary or str(error).strip() or name
    if state == "53100":
        message += (
            ". The disk of the database is full: free space there or give it a larger "
            "one, then run again. Nothing of this batch was kept"
        )
    if state == "42501":
        message += (
            ". Apply the migrations (they grant the loader what it needs), or give "
            "the configured role that right"
        )
    return f"Postgres says: {message} (SQLSTATE {state or 'none'})"
